using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab;

/// <summary>
/// Tailscale's name server on 100.100.100.100, reached by the tunnel alone. tailscaled asks on for what is no name of
/// the tailnet: the exit node while one is on, else the system's resolver, from the host and in clear
/// (tailscale net/dns/resolver/forwarder.go; measured with 1.102.3).
/// </summary>
public sealed class MagicDns : IAsyncDisposable
{
    private const string OwnSuffix = ".ts.net";

    // SOL_SOCKET, SO_MARK: tailscaled's own sockets leave past the tunnel (tailscale net/netns/netns_linux.go).
    private const int SocketLevel = 1;
    private const int MarkOption = 36;
    private const int EscapeMark = 0x80000;

    // A resolver asks again after a second or more: one silence must not become two.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(900);
    private readonly Topology _topology;
    private readonly Func<TailscaleState> _state;
    private readonly DnsServer _server;

    private MagicDns(Topology topology, Func<TailscaleState> state)
    {
        (_topology, _state) = (topology, state);
        // Packets for it leave the host by the tunnel, as tailscaled gets them; at the other end it is answered.
        _server = DnsServer.Start(topology.Exit, Place.MagicDns, Answer);
    }

    /// <summary>The system's resolver: what was in the host's resolv.conf before Tailscale wrote it.</summary>
    public IPAddress SystemResolver { get; set; } = Place.Resolver.V4;

    internal static MagicDns Start(Topology topology, Func<TailscaleState> state) => new(topology, state);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<byte[]?> Answer(DnsQuestion question, IPAddress asker, CancellationToken cancellationToken)
    {
        if (question.Name.EndsWith(OwnSuffix, StringComparison.OrdinalIgnoreCase))
        {
            return question.Answer(Place.Tailnet);
        }

        bool exitNode = _state().ExitNode;
        IPAddress upstream = exitNode ? Place.Resolver.V4 : SystemResolver;
        using Socket socket = (exitNode ? _topology.Exit : _topology.Host).Enter(() => Open(upstream.AddressFamily));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_patience);
        byte[] buffer = new byte[2048];
        try
        {
            await socket.ConnectAsync(new IPEndPoint(upstream, Ports.Dns), limit.Token);
            await socket.SendAsync(question.Message, limit.Token);
            return buffer[..await socket.ReceiveAsync(buffer, limit.Token)];
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    private static Socket Open(AddressFamily family)
    {
        Socket socket = new(family, SocketType.Dgram, ProtocolType.Udp);
        socket.SetRawSocketOption(SocketLevel, MarkOption, BitConverter.GetBytes(EscapeMark));
        return socket;
    }
}
