using TailSplit.Core.Model;

namespace TailSplit.Core.Rules;

/// <summary>
/// The packets that a firewall rule matches: every given condition must hold. Without conditions it matches every
/// packet.
/// </summary>
public sealed record PacketMatch
{
    public static PacketMatch Any { get; } = new();

    /// <summary>The interface by which the packet came in; it need not exist.</summary>
    public InterfaceName? In { get; init; }

    /// <summary>The interface by which the packet leaves; it need not exist.</summary>
    public InterfaceName? Out { get; init; }

    public Cidr? Source { get; init; }

    public Cidr? Destination { get; init; }

    /// <summary>The packet did not come in by <c>lo</c>.</summary>
    public bool NotFromLoopback { get; init; }

    /// <summary>The source address is one of this host's own, which no container can truthfully send from.</summary>
    public bool SourceIsHost { get; init; }

    /// <summary>The destination is no address of this host.</summary>
    public bool DestinationIsNotHost { get; init; }

    /// <summary>Transport protocol and destination port.</summary>
    public ServicePort? Port { get; init; }

    /// <summary>The type of an ICMPv6 message (RFC 4443, RFC 4861).</summary>
    public int? IcmpV6Type { get; init; }

    /// <summary>The packet is an answer in a connection that is known.</summary>
    public ReplyMatch? Reply { get; init; }

    /// <summary>The packet is of a known connection that has this mark.</summary>
    public FwMark? ConnectionMark { get; init; }

    /// <summary>The packet opens a TCP connection, or answers one that does: SYN without RST.</summary>
    public bool OpensTcp { get; init; }

    /// <summary>The rule has a match that TailSplit never writes, so TailSplit did not write the rule.</summary>
    public bool HasForeignParts { get; init; }
}
