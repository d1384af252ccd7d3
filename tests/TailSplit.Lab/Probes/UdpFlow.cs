using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TailSplit.Lab;

/// <summary>
/// One long-lived flow of datagrams from a fixed source port: what a policy's change, or a tunnel's end, does to a
/// connection that was there before.
/// </summary>
public sealed class UdpFlow : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly IPEndPoint _to;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly List<Answer> _answers = [];
    private readonly Task[] _loops;

    private UdpFlow(Socket socket, IPEndPoint to, TimeSpan interval)
    {
        (_socket, _to) = (socket, to);
        _loops = [Task.Run(() => Send(interval)), Task.Run(Receive)];
    }

    public int Sent { get; private set; }

    /// <summary>Datagrams that the kernel would not take: no route, or a rule that forbids.</summary>
    public int Refused { get; private set; }

    /// <summary>All that came back so far, in order.</summary>
    public IReadOnlyList<Answer> Answers
    {
        get
        {
            lock (_lock)
            {
                return [.. _answers];
            }
        }
    }

    /// <summary>Begins to send, one datagram each interval; an interval of zero floods.</summary>
    public static UdpFlow Start(
        NetworkNamespace from, IPAddress to, TimeSpan interval, int port = Ports.Http, int sourcePort = 40000)
    {
        Socket socket = from.Enter(() =>
        {
            Socket bound = new(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            bound.Bind(new IPEndPoint(Any(to.AddressFamily), sourcePort));
            return bound;
        });
        return new(socket, new(to, port), interval);
    }

    /// <summary>Waits until so many more datagrams were sent.</summary>
    public Task SendMore(int datagrams)
    {
        int goal = Sent + datagrams;
        return Wait.Until(() => Sent >= goal, $"{datagrams} datagrams to be sent");
    }

    /// <summary>Waits until an answer comes that took this way.</summary>
    public Task UntilAnswered(Way way)
    {
        int seen = Answers.Count;
        return Wait.Until(() => Answers.Skip(seen).Any(answer => answer.Way == way), $"an answer by {way}");
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_loops);
        _socket.Dispose();
        _end.Dispose();
    }

    private async Task Send(TimeSpan interval)
    {
        byte[] datagram = "flow"u8.ToArray();
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await _socket.SendToAsync(datagram, _to, _end.Token);
                await (interval > TimeSpan.Zero ? Task.Delay(interval, _end.Token) : Task.CompletedTask);
            }
            catch (SocketException)
            {
                Refused++;
                await Task.Delay(1);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            Sent++;
        }
    }

    private async Task Receive()
    {
        byte[] buffer = new byte[256];
        EndPoint any = new IPEndPoint(Any(_to.AddressFamily), 0);
        while (!_end.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult answer = await _socket.ReceiveFromAsync(buffer, any, _end.Token);
                string seen = Encoding.ASCII.GetString(buffer, 0, answer.ReceivedBytes).Split(' ')[0];
                lock (_lock)
                {
                    _answers.Add(Answer.Saw(IPAddress.Parse(seen)));
                }
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // An ICMP error is no answer; the end is asked for above.
            }
        }
    }

    private static IPAddress Any(AddressFamily family) =>
        family is AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
}
