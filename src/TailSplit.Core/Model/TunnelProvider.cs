using System.Collections.Immutable;
using System.Net;

namespace TailSplit.Core.Model;

/// <summary>A program that makes the tunnel, as far as TailSplit must know it to write rules beside it.</summary>
public sealed record TunnelProvider
{
    /// <summary>Tailscale, the only provider.</summary>
    public static TunnelProvider Tailscale { get; } = new()
    {
        // tailscaled --tun.
        Interface = InterfaceName.Parse("tailscale0"),
        // tailscale wgengine/router/osrouter/router_linux.go: tailscaleRouteTable, baseIPRules.
        Table = 52,
        LowestPreference = 5200,
        BasePreference = 5100,
        // tailscale tsconst/linuxfw.go: LinuxBypassMark, LinuxFwmarkMask.
        EscapeMark = new FwMark(0x80000, 0xff0000),
        // tailscale net/tsaddr: CGNATRange, TailscaleULARange, TailscaleServiceIP.
        Ranges = [Cidr.Parse("100.64.0.0/10"), Cidr.Parse("fd7a:115c:a1e0::/48")],
        NameServers = [Cidr.Parse("100.100.100.100/32"), Cidr.Parse("fd7a:115c:a1e0::53/128")],
    };

    /// <summary>The default name of its interface.</summary>
    public required InterfaceName Interface { get; init; }

    /// <summary>The usual number of the table that holds its routes.</summary>
    public required int Table { get; init; }

    /// <summary>The preference from which on its ip rules usually are.</summary>
    public required int LowestPreference { get; init; }

    /// <summary>The preference of TailSplit's first rule before those.</summary>
    public required int BasePreference { get; init; }

    /// <summary>The mark of packets that its ip rules route outside the tunnel.</summary>
    public required FwMark EscapeMark { get; init; }

    /// <summary>The ranges of all addresses inside the tunnel, one of each family.</summary>
    public required ImmutableArray<Cidr> Ranges { get; init; }

    /// <summary>The addresses of its name server, one of each family.</summary>
    public required ImmutableArray<Cidr> NameServers { get; init; }

    public Cidr RangeOf(IpFamily family) => Ranges.First(range => range.Family == family);

    /// <summary>Whether an address lies in its ranges.</summary>
    public bool Contains(IPAddress address) => Ranges.Any(range => range.Contains(address));

    /// <summary>Whether a prefix and one of its ranges have an address in common.</summary>
    public bool Overlaps(Cidr prefix) => Ranges.Any(range => range.Overlaps(prefix));
}
