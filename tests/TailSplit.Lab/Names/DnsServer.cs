using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TailSplit.Lab;

/// <summary>
/// Listens on port 53 of each address, by UDP and TCP. What is no question for a name gets the address that was seen,
/// as from a <see cref="SeenServer"/>.
/// </summary>
internal sealed class DnsServer : IAsyncDisposable
{
    // A client that wants the address that was seen connects and says nothing.
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(150);
    private readonly List<Socket> _sockets = [];
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _loops = [];
    private readonly Func<DnsQuestion, IPAddress, CancellationToken, Task<byte[]?>> _answer;

    private DnsServer(Func<DnsQuestion, IPAddress, CancellationToken, Task<byte[]?>> answer) => _answer = answer;

    /// <param name="inside">The namespace of the server.</param>
    /// <param name="place">Its addresses.</param>
    /// <param name="answer">Answers a question of an address; null is silence.</param>
    public static DnsServer Start(
        NetworkNamespace inside, Place place, Func<DnsQuestion, IPAddress, CancellationToken, Task<byte[]?>> answer)
    {
        DnsServer server = new(answer);
        inside.Enter(() => server.Bind([place.V4, place.V6]));
        foreach (Socket socket in server._sockets)
        {
            server._loops.Add(socket.SocketType is SocketType.Stream ? server.Accept(socket) : server.Receive(socket));
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

    private void Bind(IPAddress[] addresses)
    {
        foreach (IPAddress address in addresses)
        {
            Socket stream = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            stream.Bind(new IPEndPoint(address, Ports.Dns));
            stream.Listen(128);
            Socket datagrams = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            datagrams.Bind(new IPEndPoint(address, Ports.Dns));
            _sockets.AddRange([stream, datagrams]);
        }
    }

    private async Task Receive(Socket socket)
    {
        byte[] buffer = new byte[2048];
        EndPoint any = new IPEndPoint(
            socket.AddressFamily is AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        List<Task> open = [];
        while (!_end.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await socket.ReceiveFromAsync(buffer, any, _end.Token);
                byte[] message = buffer[..received.ReceivedBytes];
                open.RemoveAll(task => task.IsCompleted);
                open.Add(Reply(socket, message, (IPEndPoint)received.RemoteEndPoint));
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                // An asker's ICMP error, or the lab ends.
            }
        }

        await Task.WhenAll(open);
    }

    private async Task Reply(Socket socket, byte[] message, IPEndPoint asker)
    {
        try
        {
            byte[]? answer = DnsQuestion.Parse(message) is { } question
                ? await _answer(question, asker.Address, _end.Token)
                : [.. Seen(asker), (byte)' ', .. message];
            if (answer is not null)
            {
                await socket.SendToAsync(answer, asker, _end.Token);
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The asker went, or the lab ends.
        }
    }

    private async Task Accept(Socket listener)
    {
        List<Task> open = [];
        while (!_end.IsCancellationRequested)
        {
            try
            {
                Socket connection = await listener.AcceptAsync(_end.Token);
                open.RemoveAll(task => task.IsCompleted);
                open.Add(Converse(connection));
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                // The asker hung up, or the lab ends.
            }
        }

        await Task.WhenAll(open);
    }

    private async Task Converse(Socket connection)
    {
        using Socket socket = connection;
        IPEndPoint asker = (IPEndPoint)socket.RemoteEndPoint!;
        try
        {
            if (await FirstMessage(socket) is not { } message)
            {
                await socket.SendAsync(Seen(asker), _end.Token);
            }
            else if (DnsQuestion.Parse(message) is { } question
                && await _answer(question, asker.Address, _end.Token) is { } answer)
            {
                byte[] length = new byte[2];
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                await socket.SendAsync((byte[])[.. length, .. answer], _end.Token);
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The asker hung up, or the lab ends.
        }
    }

    // RFC 1035, 4.2.2: two bytes of length come first.
    private async Task<byte[]?> FirstMessage(Socket socket)
    {
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        silence.CancelAfter(s_silence);
        byte[] buffer = new byte[2048];
        try
        {
            int read = 0;
            do
            {
                int more = await socket.ReceiveAsync(buffer.AsMemory(read), silence.Token);
                if (more == 0)
                {
                    return null;
                }

                read += more;
            }
            while (read < 2 || read < 2 + BinaryPrimitives.ReadUInt16BigEndian(buffer));

            return buffer[2..read];
        }
        catch (OperationCanceledException) when (!_end.IsCancellationRequested)
        {
            return null;
        }
    }

    private static bool IsEnd(Exception exception) =>
        exception is SocketException or OperationCanceledException or ObjectDisposedException;

    private static byte[] Seen(IPEndPoint asker) => Encoding.ASCII.GetBytes(asker.Address.ToString());
}
