using System.Globalization;
using System.Net;

namespace TailSplit.Lab.Tracing;

/// <summary>A packet that stands for a class of a proof.</summary>
/// <param name="Policy">The killswitch, which has the name of its network.</param>
/// <param name="Source">The address that sends it.</param>
/// <param name="To">Where to.</param>
/// <param name="Protocol">Tcp, Udp, Icmp or Other.</param>
/// <param name="Port">The port of the side that was connected to; 0 for a protocol without ports.</param>
internal sealed record ClassPacket(string Policy, IPAddress Source, IPAddress To, string Protocol, int Port)
{
    // Any port that a system picks by itself.
    private const int UsualClient = 40_001;

    /// <summary>The number of a protocol that is Other.</summary>
    public byte OtherProtocol { get; init; }

    /// <summary>Whether it belongs to a connection that exists.</summary>
    public bool IsEstablished { get; init; }

    /// <summary>Whether the other side has opened that connection.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>The port of the side that opened the connection.</summary>
    public int ClientPort { get; init; } = UsualClient;

    /// <summary>The mark of the connection.</summary>
    public uint Mark { get; init; }

    /// <summary>Where it comes from.</summary>
    public IPEndPoint From => new(Source, IsAnswer ? Port : ClientPort);

    /// <summary>Where it goes.</summary>
    public IPEndPoint Target => new(To, IsAnswer ? ClientPort : Port);

    /// <summary>Its connection as <c>conntrack --load-file</c> reads it.</summary>
    public string Connection
    {
        get
        {
            (IPEndPoint client, IPEndPoint server) = IsAnswer ? (Target, From) : (From, Target);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"-A -p udp -s {client.Address} -d {server.Address} -r {server.Address} -q {client.Address} --sport {client.Port} " +
                $"--dport {server.Port} --reply-port-src {server.Port} --reply-port-dst {client.Port} -t 20 -u SEEN_REPLY -m {Mark}");
        }
    }
}
