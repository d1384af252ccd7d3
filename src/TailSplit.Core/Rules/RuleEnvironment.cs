using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Rules;

/// <summary>What on the host decides how rules are written.</summary>
/// <param name="Provider">The program that makes the tunnel.</param>
public sealed record RuleEnvironment(TunnelProvider Provider)
{
    /// <summary>The preference of the first block of a policy if no other program has a rule there.</summary>
    public const int UsualBlockStart = 40_000;

    /// <summary>A host with Tailscale's defaults, assumed if nothing can be read.</summary>
    public static RuleEnvironment Usual { get; } = new(TunnelProvider.Tailscale);

    /// <summary>P of docs/rules.md: the first preference of the rules that every packet walks.</summary>
    public int BasePreference { get; init; } = Provider.BasePreference;

    /// <summary>The highest <see cref="BasePreference"/> before Tailscale's rules.</summary>
    public int HighestPreference { get; init; } = Provider.BasePreference;

    /// <summary>The first preference of the blocks of policies.</summary>
    public int BlockStart { get; init; } = UsualBlockStart;

    /// <summary>The lowest <see cref="BlockStart"/> whose blocks contain no rule of another program.</summary>
    public int FreeBlockStart { get; init; } = UsualBlockStart;

    /// <summary>The table that holds Tailscale's routes.</summary>
    public int Table { get; init; } = Provider.Table;

    /// <summary>The mark of packets that Tailscale's own rules route outside the tunnel.</summary>
    public FwMark EscapeMark { get; init; } = Provider.EscapeMark;

    /// <summary>The prefixes of the host's own links, which -AllowPublishedPort answers.</summary>
    public ImmutableArray<Cidr> OnLink { get; init; } = [];

    /// <summary>Whether the kernel has IPv6; without it there are no IPv6 rules to write.</summary>
    public bool HasIPv6 { get; init; } = true;

    /// <summary>Whether killswitches clamp the segment size of TCP.</summary>
    public bool ClampsMss { get; init; } = true;

    /// <summary>What <see cref="FirewallBackend.Auto"/> means for a policy that is not in force yet.</summary>
    public FirewallBackend Backend { get; init; } = FirewallBackend.Iptables;

    public IReadOnlyList<IpFamily> Families => HasIPv6 ? IpFamilies.All : [IpFamily.IPv4];
}
