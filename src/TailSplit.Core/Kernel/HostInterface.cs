using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Kernel;

/// <summary>An address on an interface, with the prefix that is on-link there.</summary>
public sealed record InterfaceAddress(IPAddress Address, int PrefixLength)
{
    public Cidr Network => Cidr.Of(Address, PrefixLength);
}

/// <summary>A network interface of the host as <c>ip -d -j address</c> prints it.</summary>
public sealed record HostInterface(string Name, ImmutableArray<InterfaceAddress> Addresses)
{
    /// <summary>Its MTU; 0 if <c>ip</c> does not print it.</summary>
    public int Mtu { get; init; }

    /// <summary>Whether <c>ip</c> printed its details; without them its kind is not known.</summary>
    public bool HasDetails { get; init; }

    /// <summary>Its kind in the kernel: veth, bridge, tun, ppp; null for a hardware driver.</summary>
    public string? Kind { get; init; }

    /// <summary>Of the kind tun: "tun" for packets, "tap" for frames; null if <c>ip</c> does not print it.</summary>
    public string? TunMode { get; init; }

    /// <summary>The bridge, bond or VRF that it is a port of.</summary>
    public string? Master { get; init; }

    /// <summary>The other end in this network namespace: of a veth its peer.</summary>
    public string? Link { get; init; }

    /// <summary>Whether its other end is in another network namespace, such as that of a container.</summary>
    public bool HasPeerElsewhere { get; init; }

    /// <summary>
    /// Whether it is a tunnel of packets, as Tailscale's is (linux drivers/net/tun.c, drivers/net/wireguard); null if
    /// its kind is not known.
    /// </summary>
    public bool? IsTunnel => HasDetails ? Kind == "wireguard" || (Kind == "tun" && TunMode is null or "tun") : null;
}
