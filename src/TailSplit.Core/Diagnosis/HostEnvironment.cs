using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Model;
using TailSplit.Core.Tailscale;

namespace TailSplit.Core.Diagnosis;

/// <summary>
/// What the host looks like, as found; what could not be seen is null, and <see cref="NotSeen"/> says why.
/// </summary>
public sealed record HostEnvironment
{
    /// <summary>What decides how rules are spelled: Tailscale's preferences, table and mark.</summary>
    public RuleEnvironment Rules { get; init; } = RuleEnvironment.Usual;

    public InterfaceName? Tunnel { get; init; }

    public ImmutableArray<string> TunnelAddresses { get; init; } = [];

    public int? TunnelMtu { get; init; }

    /// <summary>
    /// Families whose default route is the tunnel, in Tailscale's table: what the kernel makes of an exit node.
    /// </summary>
    public ImmutableArray<IpFamily> TunnelDefaults { get; init; } = [];

    /// <summary>Preferences of the ip rules that tailscaled wrote.</summary>
    public ImmutableArray<int> TailscalePreferences { get; init; } = [];

    /// <summary>
    /// The mark by which Tailscale's own rules let packets out of the tunnel; null where no such rule is there.
    /// </summary>
    public FwMark? EscapeMark { get; init; }

    public TailscaleStatus? Tailscale { get; init; }

    public TailscalePrefs? Preferences { get; init; }

    /// <summary>The check that holds on each interface: the larger number of "all" and its own.</summary>
    public ImmutableSortedDictionary<string, ReversePathFilter> ReversePath { get; init; } =
        ImmutableSortedDictionary<string, ReversePathFilter>.Empty;

    public bool? SrcValidMark { get; init; }

    public bool? Forwards { get; init; }

    public bool? ForwardsIPv6 { get; init; }

    public bool HasIPv6 => Rules.HasIPv6;

    public DockerInfo? Docker { get; init; }

    /// <summary>The store that holds Docker's rules, and ours; null where it can't be seen.</summary>
    public FirewallStore? Store { get; init; }

    /// <summary>How many rules the other store has; null where it can't be seen.</summary>
    public int? HiddenRules { get; init; }

    /// <summary>Whether networkd deletes ip rules of others when it starts; null where it does not run.</summary>
    public bool? NetworkdDeletesRules { get; init; }

    /// <summary>What could not be seen, and why; a sentence each.</summary>
    public ImmutableArray<string> NotSeen { get; init; } = [];

    /// <summary>Whether the kernel sends the host's internet traffic into the tunnel.</summary>
    public bool ExitNodeIsActive => !TunnelDefaults.IsEmpty;
}
