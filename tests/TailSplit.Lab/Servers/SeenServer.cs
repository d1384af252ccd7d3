using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TailSplit.Lab;

/// <summary>
/// Answers every TCP connection with the address it saw, and closes; every datagram with the address and the
/// datagram. Bound to each address by itself, so that an answer comes from where the question went.
/// </summary>
public sealed class SeenServer : IAsyncDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _loops = [];

    private SeenServer()
    {
    }

    public static SeenServer Start(NetworkNamespace inside, IEnumerable<IPAddress> addresses, IEnumerable<int> ports)
    {
        SeenServer server = new();
        IPEndPoint[] endpoints = [.. from address in addresses from port in ports select new IPEndPoint(address, port)];
        inside.Enter(() => server.Bind(endpoints));
        foreach (Socket socket in server._sockets)
        {
            server._loops.Add(socket.SocketType is SocketType.Stream ? server.Accept(socket) : server.Echo(socket));
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _sockets.ForEach(socket => socket.Dispose());
        await Task.WhenAll(_loops);
        _end.Dispose();
    }

    private void Bind(IPEndPoint[] endpoints)
    {
        foreach (IPEndPoint endpoint in endpoints)
        {
            Socket stream = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            stream.Bind(endpoint);
            stream.Listen(128);
            Socket datagrams = new(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            datagrams.Bind(endpoint);
            _sockets.AddRange([stream, datagrams]);
        }
    }

    private async Task Accept(Socket listener)
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using Socket connection = await listener.AcceptAsync(_end.Token);
                await connection.SendAsync(Seen(connection.RemoteEndPoint!), _end.Token);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // The asker hung up, or the lab ends.
            }
        }
    }

    private async Task Echo(Socket socket)
    {
        byte[] buffer = new byte[2048];
        EndPoint any = new IPEndPoint(
            socket.AddressFamily is AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (!_end.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult question = await socket.ReceiveFromAsync(buffer, any, _end.Token);
                byte[] answer = [.. Seen(question.RemoteEndPoint), (byte)' ', .. buffer[..question.ReceivedBytes]];
                await socket.SendToAsync(answer, question.RemoteEndPoint, _end.Token);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // An asker's ICMP error, or the lab ends.
            }
        }
    }

    private static byte[] Seen(EndPoint asker) => Encoding.ASCII.GetBytes(((IPEndPoint)asker).Address.ToString());
}
