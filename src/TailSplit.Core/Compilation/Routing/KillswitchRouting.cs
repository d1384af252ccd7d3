using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation.Routing;

/// <summary>
/// A killswitch as ip rules: its own subnets, the tunnel's table, or "prohibited". Holds if the whole firewall is
/// flushed. It comes before the rules that lead to the subnets of other policies. Only the network's own addresses get
/// as far as "prohibited": a packet with a foreign source vanishes, since the ICMP error for it would go out to that
/// source, by the ISP, with the packet's first bytes inside.
/// </summary>
internal static class KillswitchRouting
{
    public static IEnumerable<RoutingRule> Rules(
        KillswitchPolicy policy, IpFamily family, RuleEnvironment environment)
    {
        int first = environment.BasePreference - 5;
        foreach (RoutingRule match in RoutingMatches.Of(policy.Target, family, first))
        {
            foreach (Cidr subnet in policy.Target.SubnetsOf(family))
                yield return match with { To = subnet, Table = RoutingRule.MainTable, SuppressPrefixLength = 0 };
        }

        foreach (RoutingRule match in Senders(policy.Target, family, first))
        {
            foreach (RoutingRule question in DnsRouting.Rules(policy, match, first - 3, environment.Table))
                yield return question;

            foreach (Cidr lan in LanOf(policy, family, environment))
            {
                // No wider route counts: without the LAN's own, nothing of this goes anywhere.
                yield return match with
                {
                    Preference = first - 1,
                    To = lan,
                    Table = RoutingRule.MainTable,
                    SuppressPrefixLength = lan.PrefixLength - 1,
                };
            }

            foreach (Cidr destination in policy.AllowDestination.Where(to => to.Family == family))
                yield return match with { Preference = first + 1, To = destination, Table = RoutingRule.MainTable };

            yield return match with { Preference = first + 2, Table = environment.Table };
            yield return match with { Preference = first + 3, Action = RoutingAction.Prohibit };
        }

        if (policy.Target.Bridge is InterfaceName bridge)
            yield return new RoutingRule(family, first + 4) { Iif = bridge, Action = RoutingAction.Blackhole };
    }

    private static IEnumerable<Cidr> LanOf(KillswitchPolicy policy, IpFamily family, RuleEnvironment environment) =>
        policy.AllowPublishedPort
            ? environment.OnLink.Where(
                lan => lan.Family == family && !policy.Target.Subnets.Any(subnet => subnet.Overlaps(lan)))
            : [];

    // The network's own addresses, by its bridge. Where no subnet is known, every sender on the bridge.
    private static IEnumerable<RoutingRule> Senders(PolicyTarget target, IpFamily family, int preference) =>
        target.Subnets.IsEmpty
            ? RoutingMatches.Of(target, family, preference)
            : target.SubnetsOf(family).Select(
                subnet => new RoutingRule(family, preference) { From = subnet, Iif = target.Bridge });
}
