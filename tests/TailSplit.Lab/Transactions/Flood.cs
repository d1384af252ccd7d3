using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab.Transactions;

/// <summary>
/// Datagrams to the internet in both families, by turns and as fast as the machine gives, on a thread of its own.
/// </summary>
public sealed class Flood : IDisposable
{
    private const int Batch = 64;

    // Where nobody answers: answers would cost the flood its speed.
    private const int Discard = 9;

    private readonly Socket[] _sockets;
    private readonly Thread _thread;
    private long _sent;
    private volatile bool _end;

    private Flood(NetworkNamespace from, int sourcePort)
    {
        _sockets = [.. ((IPAddress[])[Place.Internet.V4, Place.Internet.V6]).Select(
            to => from.Enter(() => Connect(to, sourcePort)))];
        _thread = new(Run) { IsBackground = true, Name = "flood" };
        _thread.Start();
    }

    /// <summary>Datagrams that the container's kernel took.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public static Flood Start(NetworkNamespace from, int sourcePort) => new(from, sourcePort);

    /// <summary>Waits until so many more datagrams were sent.</summary>
    public Task SendMore(int datagrams)
    {
        long goal = Sent + datagrams;
        return Wait.Until(() => Sent >= goal, $"{datagrams} datagrams to be sent");
    }

    public void Dispose()
    {
        _end = true;
        _thread.Join();
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private static Socket Connect(IPAddress to, int sourcePort)
    {
        Socket socket = new(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(
            to.AddressFamily is AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, sourcePort));
        socket.Connect(to, Discard);
        return socket;
    }

    private void Run()
    {
        using SendBatch batch = new(Batch);
        while (!_end)
        {
            foreach (Socket socket in _sockets)
            {
                Interlocked.Add(ref _sent, batch.Send(socket.SafeHandle));
            }
        }
    }
}
