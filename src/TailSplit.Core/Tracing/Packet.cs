using System.Net;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing;

/// <summary>The first packet of a new connection, at some point of its way through the host.</summary>
/// <param name="In">The interface by which it came in.</param>
/// <param name="Source">Its source address.</param>
/// <param name="Destination">Its destination, as it is now: DNAT changes it.</param>
/// <param name="Protocol">What it is.</param>
/// <param name="Port">The destination port, as it is now; 0 for ICMP.</param>
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

    /// <summary>Whether it is an answer, from the port to the one that the sender's system picked.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>The number of its protocol in the IP header.</summary>
    public int IpProtocol => Protocol switch
    {
        PacketProtocol.Tcp => 6,
        PacketProtocol.Udp => 17,
        PacketProtocol.Icmp => Family == IpFamily.IPv4 ? 1 : 58,
        _ => throw new InvalidOperationException($"No protocol {Protocol}."),
    };
}
