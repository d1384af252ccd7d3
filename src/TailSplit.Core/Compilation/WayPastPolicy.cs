using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Compilation;

/// <summary>Why packets leave past a policy of which every rule is there.</summary>
public static class WayPastPolicy
{
    /// <summary>By its bridge, which leads elsewhere than to this host; null where nothing says so.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="network">The Docker network that it is on; null where that is not known.</param>
    /// <param name="interfaces">The interfaces of this host.</param>
    public static string? ByBridge(
        Policy policy, DockerNetwork? network, IReadOnlyCollection<HostInterface> interfaces)
    {
        if (policy.Target.Bridge?.ToString() is not string bridge)
            return null;

        return policy.Target.Network is null && network is null
            ? BridgePorts.WhyOpenByHand(bridge, interfaces)
            : BridgePorts.WhyOpen(bridge, interfaces) ?? (network?.Driver == "bridge" ? network.Trouble : null);
    }
}
