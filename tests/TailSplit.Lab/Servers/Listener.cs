using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TailSplit.Lab;

/// <summary>
/// Listens by UDP and TCP on each endpoint. Bound to each address by itself, so that an answer comes from where the
/// question went.
/// </summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _loops = [];
    private readonly DatagramReply _reply;
    private readonly Conversation _converse;

    private Listener(DatagramReply reply, Conversation converse) => (_reply, _converse) = (reply, converse);

    /// <summary>The answer to a datagram of an asker; null is silence.</summary>
    public delegate Task<byte[]?> DatagramReply(byte[] message, IPEndPoint asker, CancellationToken cancellationToken);

    /// <summary>What is said on a connection of an asker before it is closed.</summary>
    public delegate Task Conversation(Socket connection, IPEndPoint asker, CancellationToken cancellationToken);

    public static Listener Start(
        NetworkNamespace inside, IEnumerable<IPEndPoint> endpoints, DatagramReply reply, Conversation converse)
    {
        Listener listener = new(reply, converse);
        IPEndPoint[] all = [.. endpoints];
        inside.Enter(() => listener.Bind(all));
        foreach (Socket socket in listener._sockets)
        {
            listener._loops.Add(
                socket.SocketType is SocketType.Stream ? listener.Accept(socket) : listener.Receive(socket));
        }

        return listener;
    }

    /// <summary>The address of an asker, as the servers of the lab tell it.</summary>
    public static byte[] Seen(IPEndPoint asker) => Encoding.ASCII.GetBytes(asker.Address.ToString());

    /// <summary>The same, and the datagram that it sent.</summary>
    public static byte[] Seen(IPEndPoint asker, byte[] message) => [.. Seen(asker), (byte)' ', .. message];

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

    private Task Receive(Socket socket)
    {
        byte[] buffer = new byte[2048];
        EndPoint any = new IPEndPoint(
            socket.AddressFamily is AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        return Loop(async () =>
        {
            SocketReceiveFromResult received = await socket.ReceiveFromAsync(buffer, any, _end.Token);
            byte[] message = buffer[..received.ReceivedBytes];
            return Reply(socket, message, (IPEndPoint)received.RemoteEndPoint);
        });
    }

    private Task Accept(Socket listener) => Loop(async () => Converse(await listener.AcceptAsync(_end.Token)));

    // Askers are answered side by side: the next gives the work for one.
    private async Task Loop(Func<Task<Task>> next)
    {
        List<Task> open = [];
        while (!_end.IsCancellationRequested)
        {
            try
            {
                Task work = await next();
                open.RemoveAll(task => task.IsCompleted);
                open.Add(work);
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                // An asker's ICMP error, an asker that hung up, or the lab ends.
            }
        }

        await Task.WhenAll(open);
    }

    private async Task Reply(Socket socket, byte[] message, IPEndPoint asker)
    {
        try
        {
            if (await _reply(message, asker, _end.Token) is { } answer)
            {
                await socket.SendToAsync(answer, asker, _end.Token);
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The asker went, or the lab ends.
        }
    }

    private async Task Converse(Socket connection)
    {
        using Socket socket = connection;
        try
        {
            await _converse(socket, (IPEndPoint)socket.RemoteEndPoint!, _end.Token);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The asker hung up, or the lab ends.
        }
    }

    private static bool IsEnd(Exception exception) =>
        exception is SocketException or OperationCanceledException or ObjectDisposedException;
}
