using TailSplit.Core.Model;

namespace TailSplit.Core.Mapping;

/// <summary>Remarks about a policy that its way out does not show.</summary>
internal static class PolicyRemarks
{
    public static IEnumerable<MapRemark> Of(MappedPolicy found)
    {
        Policy policy = found.Policy;
        if (!found.IsWhole)
            yield return new(
                $"Degraded, so it may go another way: (Get-TailSplitPolicy {policy.Name}).Missing says why.",
                IsAlert: true);

        switch (policy)
        {
            case KillswitchPolicy killswitch:
                if (!killswitch.AllowDestination.IsEmpty)
                    yield return new($"Also open: {Join(killswitch.AllowDestination)}.");

                if (killswitch.DnsServer is [Cidr only] && only == KillswitchPolicy.NoDns)
                    yield return new("DNS is blocked.");
                else if (!killswitch.DnsServer.IsEmpty)
                    yield return new($"DNS goes only to {Join(killswitch.DnsServer)}, by the tunnel.");

                if (killswitch.AllowPublishedPort)
                    yield return new("Published ports answer the LAN.");

                break;
            case BypassPolicy { Exclude.IsEmpty: false } bypass:
                yield return new($"Still by the exit node: {Join(bypass.Exclude)}.");
                break;
        }
    }

    private static string Join(IEnumerable<Cidr> destinations) =>
        string.Join(", ", destinations.Select(destination => destination.AddressOrPrefix));
}
