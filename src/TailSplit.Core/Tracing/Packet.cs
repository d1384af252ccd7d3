using System.Net;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing;

/// <summary>A packet of a connection, at some point of its way through the host.</summary>
/// <param name="In">The interface by which it came in.</param>
/// <param name="Source">Its source address.</param>
/// <param name="Destination">Its destination, as it is now: DNAT changes it.</param>
/// <param name="Protocol">What it is.</param>
/// <param name="Port">The port of the side that was connected to, as it is now; 0 for a protocol without
/// ports.</param>
public sealed record Packet(string In, IPAddress Source, IPAddress Destination, PacketProtocol Protocol, int Port)
{
    /// <summary>Source ports that a system picks by itself (net.ipv4.ip_local_port_range).</summary>
    public static PortRange EphemeralPorts { get; } = new(32768, 60999);

    public IpFamily Family => Cidr.Of(Destination).Family;

    /// <summary>The interface by which it will leave; null before routing.</summary>
    public string? Out { get; init; }

    public uint Mark { get; init; }

    public uint ConnectionMark { get; init; }

    public Tracking Tracking { get; init; }

    /// <summary>Whether connection tracking follows it: nat translates such packets alone.</summary>
    public bool IsTracked => Tracking == Tracking.Tracked;

    /// <summary>
    /// Its source after translation: an address, or the interface whose address it gets; null without translation.
    /// </summary>
    public string? SourceTranslation { get; init; }

    /// <summary>Its destination before DNAT; null without DNAT.</summary>
    public (IPAddress Destination, int Port)? Original { get; init; }

    /// <summary>What it is to its connection, once connection tracking has seen it.</summary>
    public ConnectionState State { get; init; }

    /// <summary>Whether it goes to the side that opened the connection: the direction "reply" of netfilter.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>The port of the side that opened the connection; null for any that its system picks.</summary>
    public int? ClientPort { get; init; }

    /// <summary>Whether it has ports: also DCCP, SCTP and UDP-Lite.</summary>
    public bool HasPorts => IpProtocol is 6 or 17 or 33 or 132 or 136;

    /// <summary>The number of its protocol if that is <see cref="PacketProtocol.Other"/>.</summary>
    public int OtherProtocol { get; init; }

    /// <summary>The ports that it can come from, if it has ports.</summary>
    public PortRange SourcePorts => IsAnswer ? ServerPorts : ClientPorts;

    /// <summary>The ports that it can be sent to, if it has ports.</summary>
    public PortRange DestinationPorts => IsAnswer ? ClientPorts : ServerPorts;

    private PortRange ClientPorts => ClientPort is int port ? new(port, port) : EphemeralPorts;

    private PortRange ServerPorts => new(Port, Port);

    /// <summary>The type and code in its ICMP header: echo request, echo reply, or port unreachable.</summary>
    public (byte Type, byte Code) Icmp => (State, IsAnswer, Family) switch
    {
        (ConnectionState.Related, _, IpFamily.IPv4) => (3, 3),
        (ConnectionState.Related, _, _) => (1, 4),
        (_, false, IpFamily.IPv4) => (8, 0),
        (_, false, _) => (128, 0),
        (_, true, IpFamily.IPv4) => (0, 0),
        _ => (129, 0),
    };

    /// <summary>The number of its protocol in the IP header.</summary>
    public int IpProtocol => Protocol switch
    {
        PacketProtocol.Tcp => 6,
        PacketProtocol.Udp => 17,
        PacketProtocol.Icmp => Family == IpFamily.IPv4 ? 1 : 58,
        _ => OtherProtocol,
    };
}
