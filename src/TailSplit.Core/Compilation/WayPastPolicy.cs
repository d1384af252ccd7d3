using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Compilation;

/// <summary>Why packets leave without meeting a policy whose rules are complete.</summary>
public static class WayPastPolicy
{
    /// <summary>Because its bridge does not lead to this host; null if no reason is known.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="network">The Docker network that it is on; null if that is not known.</param>
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
