using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Flows;

/// <summary>What shows by which way a tracked connection leaves.</summary>
/// <param name="TunnelAddresses">The host's own addresses on the tunnel.</param>
/// <param name="HostAddresses">All addresses of the host.</param>
/// <param name="TunnelPrefixes">What Tailscale's table sends into the tunnel, its default aside: peers and subnet
/// routes.</param>
public sealed record FlowEnvironment(
    ImmutableHashSet<IPAddress> TunnelAddresses,
    ImmutableHashSet<IPAddress> HostAddresses,
    ImmutableArray<Cidr> TunnelPrefixes);

/// <summary>
/// Finds connections from before a policy whose way it does not allow. The rules stop their packets in any case; their
/// conntrack entries must go as well, since an entry keeps the address translation of the old way (with SNAT for good,
/// net/netfilter/nf_nat_core.c), and the connection would hang instead of starting again.
/// </summary>
public static class StaleFlows
{
    public static IEnumerable<ConntrackEntry> Find(
        Policy policy, IEnumerable<ConntrackEntry> entries, FlowEnvironment environment) =>
        // The host's own address on the bridge lies inside the subnet; its connections are its own.
        entries.Where(entry => !environment.HostAddresses.Contains(entry.OriginalSource) && policy switch
        {
            KillswitchPolicy killswitch => Violates(killswitch, entry, environment),
            BypassPolicy bypass => Violates(bypass, entry, environment),
            _ => throw new ArgumentOutOfRangeException(nameof(policy)),
        });

    private static bool Violates(KillswitchPolicy policy, ConntrackEntry entry, FlowEnvironment environment)
    {
        if (IsIn(policy.Target, entry.OriginalSource))
        {
            if (IsQuestion(entry) && !policy.DnsServer.IsEmpty && !IsIn(policy.Target, entry.OriginalDestination))
                return !policy.DnsServer.Any(server => server.Contains(entry.ReplySource));

            return !IsAllowed(entry.OriginalDestination)
                && (policy.BlockHost || !environment.HostAddresses.Contains(entry.OriginalDestination))
                && !environment.TunnelAddresses.Contains(entry.ReplyDestination);
        }

        return IsIn(policy.Target, entry.ReplySource)
            && !policy.AllowPublishedPort
            && !IsAllowed(entry.OriginalSource);

        bool IsAllowed(IPAddress address) =>
            IsIn(policy.Target, address)
            || policy.Provider.Contains(address)
            || policy.AllowDestination.Any(allowed => allowed.Contains(address));
    }

    private static bool Violates(BypassPolicy policy, ConntrackEntry entry, FlowEnvironment environment) =>
        IsIn(policy.Target, entry.OriginalSource)
        && environment.TunnelAddresses.Contains(entry.ReplyDestination)
        && !policy.Provider.Contains(entry.OriginalDestination)
        && !policy.Exclude.Any(excluded => excluded.Contains(entry.OriginalDestination))
        && !environment.TunnelPrefixes.Any(prefix => prefix.Contains(entry.OriginalDestination));

    private static bool IsQuestion(ConntrackEntry entry) => entry.Selectors.Contains("--dport 53");

    private static bool IsIn(PolicyTarget target, IPAddress address) =>
        target.Subnets.Any(subnet => subnet.Contains(address));
}
