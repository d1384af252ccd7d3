using System.Collections.Immutable;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Hosts;

/// <summary>The settings below /proc/sys/net that affect forwarding; null if they could not be read.</summary>
public sealed record HostKernel
{
    /// <summary>rp_filter by interface: the larger number of "all" and its own.</summary>
    public ImmutableSortedDictionary<string, ReversePathFilter> ReversePath { get; init; } =
        ImmutableSortedDictionary<string, ReversePathFilter>.Empty;

    public bool? SrcValidMark { get; init; }

    public bool? Forwards { get; init; }

    public bool? ForwardsIPv6 { get; init; }

    /// <summary>
    /// The settings for packets that enter by an interface. An interface without an entry does not exist.
    /// </summary>
    public ImmutableDictionary<(IpFamily Family, InterfaceName Bridge), BridgeSettings> Bridges { get; init; } =
        ImmutableDictionary<(IpFamily, InterfaceName), BridgeSettings>.Empty;

    public BridgeSettings SettingsOf(IpFamily family, InterfaceName bridge) =>
        Bridges.GetValueOrDefault((family, bridge)) ?? new BridgeSettings();
}
