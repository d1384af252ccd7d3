using TailSplit.Core.Model;

namespace TailSplit.Core.Mapping;

/// <summary>
/// Containers of a network with a policy that can leave by another network: Docker chooses a container's default
/// gateway among all networks that it is on (moby libnetwork/sandbox.go, Endpoint.Less).
/// </summary>
internal static class SharedContainers
{
    public static MapEntry Remark(MapEntry entry, IReadOnlyCollection<MapEntry> all)
    {
        if (entry.Policy is null)
            return entry;

        IEnumerable<MapRemark> remarks =
            from container in entry.Containers
            from other in all
            where other.Name != entry.Name && other.Engine == entry.Engine && other.Containers.Contains(container)
                && IsWayOut(entry, other)
            select new MapRemark($"{container} is on {other.Name} as well, and can leave by it.", IsAlert: true);
        return entry with { Remarks = [.. entry.Remarks, .. remarks] };
    }

    private static bool IsWayOut(MapEntry entry, MapEntry other) => (entry.Policy, other.Policy, other.Egress) switch
    {
        // Two killswitches use the same tunnel, and a network without a way out is not one.
        (_, KillswitchPolicy, _) when entry.Policy is KillswitchPolicy => false,
        (_, _, Egress.Blocked) => false,
        (KillswitchPolicy, _, _) => true,
        _ => other.Egress != entry.Egress,
    };
}
