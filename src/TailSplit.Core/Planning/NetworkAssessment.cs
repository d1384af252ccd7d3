using TailSplit.Core.Containers;
using TailSplit.Core.Model;

namespace TailSplit.Core.Planning;

/// <summary>
/// Compares a policy's target with its Docker network, which may have been recreated since.
/// </summary>
public static class NetworkAssessment
{
    public static IEnumerable<string> Missing(PolicyTarget target, IEnumerable<DockerNetwork> networks)
    {
        string name = target.Network?.ToString() ?? "";
        if (target.FindIn(networks) is not DockerNetwork network)
        {
            string[] ids = [.. networks.Where(network => network.Name == name).Select(network => network.ShortId)];
            yield return ids.Length == 0
                ? $"the {EngineText.Kind(networks)} '{name}' itself"
                : $"the {EngineText.Kind(networks)} '{name}' on {target.Bridge}: {ids.Length} networks have that " +
                    $"name ({string.Join(", ", ids)}), and none is on that bridge";
            yield break;
        }

        if (network.Bridge != target.Bridge?.ToString())
            yield return $"the bridge: the network '{name}' is on {network.Bridge} now, the policy on {target.Bridge}";

        foreach (Cidr subnet in network.Prefixes.Except(target.Subnets))
            yield return $"the subnet {subnet} that the network '{name}' has now";
    }

    /// <summary>The ids of the networks with a killswitch.</summary>
    public static IReadOnlySet<string> Closed(
        IEnumerable<Policy> policies, IReadOnlyCollection<DockerNetwork> networks) =>
        policies
            .OfType<KillswitchPolicy>()
            .Select(policy => policy.Target.Network is null
                ? networks.FirstOrDefault(
                    network => network.Bridge is not null && network.Bridge == policy.Target.Bridge?.ToString())
                : policy.Target.FindIn(networks))
            .OfType<DockerNetwork>()
            .Select(network => network.Id)
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Containers of a closed network that can leave by another one: a killswitch holds for a network, and the engine
    /// chooses a container's default gateway among all networks that it is on (moby libnetwork/sandbox.go,
    /// Endpoint.Less).
    /// </summary>
    /// <param name="network">The network with the killswitch.</param>
    /// <param name="networks">All networks of the host.</param>
    /// <param name="closed">The ids of all networks with a killswitch.</param>
    public static IEnumerable<string> WaysOut(
        DockerNetwork network, IEnumerable<DockerNetwork> networks, IReadOnlySet<string> closed) =>
        from container in network.Containers
        from other in networks
        where other.Id != network.Id && other.Engine == network.Engine && !other.Internal && !closed.Contains(other.Id)
            && other.Containers.Contains(container)
        select $"The container '{container}' is also on the network '{other.Name}' and can leave by it. A killswitch " +
            $"on '{other.Name}' closes that network for all its containers.";
}
