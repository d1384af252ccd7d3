using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Rules;

/// <summary>What on the host decides how rules are written.</summary>
public sealed record RuleEnvironment
{
    /// <summary>The preference of the first rule if Tailscale's own begin at 5200 or later.</summary>
    public const int UsualPreference = 5100;

    /// <summary>Tailscale's table (tailscale wgengine/router/osrouter/router_linux.go: tailscaleRouteTable).</summary>
    public const int UsualTable = 52;

    /// <summary>The preference of the first block of a policy if no other program has a rule there.</summary>
    public const int UsualBlockStart = 40_000;

    /// <summary>A host with Tailscale's defaults, assumed if nothing can be read.</summary>
    public static RuleEnvironment Usual { get; } = new();

    /// <summary>P of docs/rules.md: the first preference of the rules that every packet walks.</summary>
    public int BasePreference { get; init; } = UsualPreference;

    /// <summary>The highest <see cref="BasePreference"/> before Tailscale's rules.</summary>
    public int HighestPreference { get; init; } = UsualPreference;

    /// <summary>The first preference of the blocks of policies.</summary>
    public int BlockStart { get; init; } = UsualBlockStart;

    /// <summary>The lowest <see cref="BlockStart"/> whose blocks contain no rule of another program.</summary>
    public int FreeBlockStart { get; init; } = UsualBlockStart;

    /// <summary>The table that holds Tailscale's routes.</summary>
    public int Table { get; init; } = UsualTable;

    /// <summary>The mark of packets that Tailscale's own rules route outside the tunnel.</summary>
    public FwMark EscapeMark { get; init; } = FwMark.TailscaleEscape;

    /// <summary>The prefixes of the host's own links, which -AllowPublishedPort answers.</summary>
    public ImmutableArray<Cidr> OnLink { get; init; } = [];

    /// <summary>Whether the kernel has IPv6; without it there are no IPv6 rules to write.</summary>
    public bool HasIPv6 { get; init; } = true;

    /// <summary>Whether killswitches clamp the segment size of TCP.</summary>
    public bool ClampsMss { get; init; } = true;

    /// <summary>What <see cref="FirewallBackend.Auto"/> means for a policy that is not in force yet.</summary>
    public FirewallBackend Backend { get; init; } = FirewallBackend.Iptables;

    public IReadOnlyList<IpFamily> Families => HasIPv6 ? [IpFamily.IPv4, IpFamily.IPv6] : [IpFamily.IPv4];
}
