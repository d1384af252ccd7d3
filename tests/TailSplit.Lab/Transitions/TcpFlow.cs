using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab.Transitions;

/// <summary>
/// A TCP connection on which the client goes on sending. The server only reads, so that after the client's last packet
/// it has nothing to say that the host would have to answer.
/// </summary>
internal sealed class TcpFlow : IAsyncDisposable
{
    private readonly Socket _client;
    private readonly Socket _server;
    private readonly CancellationTokenSource _end = new();
    private readonly Task[] _loops;
    private long _received;

    private TcpFlow(Socket client, Socket server)
    {
        (_client, _server) = (client, server);
        _loops = [Task.Run(Send), Task.Run(Receive)];
    }

    /// <summary>Bytes that the server got.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>The address that the server saw.</summary>
    public IPAddress Seen => ((IPEndPoint)_server.RemoteEndPoint!).Address;

    public static async Task<TcpFlow> Start(NetworkNamespace from, NetworkNamespace at, IPEndPoint to)
    {
        using Socket listener = Open(at, to.AddressFamily);
        listener.Bind(to);
        listener.Listen();
        Socket client = Open(from, to.AddressFamily);
        Task<Socket> accepted = listener.AcceptAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(5));
        await client.ConnectAsync(to, limit.Token);
        return new(client, await accepted);
    }

    public Task UntilReceived(int bytes)
    {
        long goal = Received + bytes;
        return Wait.Until(() => Received >= goal, $"{bytes} bytes to be received");
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_loops);

        // A reset, not a conversation about the end.
        _client.Close(0);
        _server.Close(0);
        _end.Dispose();
    }

    private static Socket Open(NetworkNamespace inside, AddressFamily family) =>
        inside.Enter(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));

    private async Task Send()
    {
        byte[] data = new byte[32];
        try
        {
            while (true)
            {
                await _client.SendAsync(data, _end.Token);
                await Task.Delay(5, _end.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // It died, as it may, or the test ends.
        }
    }

    private async Task Receive()
    {
        byte[] buffer = new byte[4096];
        try
        {
            for (int read; (read = await _server.ReceiveAsync(buffer, _end.Token)) > 0;)
            {
                Interlocked.Add(ref _received, read);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // As above.
        }
    }
}
