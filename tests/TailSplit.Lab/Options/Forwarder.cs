using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab.Options;

/// <summary>
/// A proxy on the host: a client that connects to it reads what a server says that the host itself can reach.
/// </summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private readonly NetworkNamespace _host;
    private readonly IPEndPoint _to;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;

    private Forwarder(NetworkNamespace host, IPEndPoint listen, IPEndPoint to)
    {
        (_host, _to) = (host, to);
        _listener = Open(listen.AddressFamily);
        _listener.Bind(listen);
        _listener.Listen();
        _loop = Task.Run(Accept);
    }

    public static Forwarder Start(NetworkNamespace host, IPEndPoint listen, IPEndPoint to) => new(host, listen, to);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _loop;
        _end.Dispose();
    }

    private Socket Open(AddressFamily family) =>
        _host.Enter(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));

    private async Task Accept()
    {
        byte[] buffer = new byte[256];
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using Socket near = await _listener.AcceptAsync(_end.Token);
                using Socket far = Open(_to.AddressFamily);
                await far.ConnectAsync(_to, _end.Token);
                for (int read; (read = await far.ReceiveAsync(buffer, _end.Token)) > 0;)
                {
                    await near.SendAsync(buffer.AsMemory(0, read), _end.Token);
                }
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // One side hung up, or the test ends.
            }
        }
    }
}
