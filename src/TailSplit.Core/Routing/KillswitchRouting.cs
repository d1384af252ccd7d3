using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Routing;

/// <summary>
/// A killswitch as ip rules: its own subnets, the tunnel's table, or "prohibited". Holds if the whole firewall is
/// flushed. The way into its block comes before the rules that lead to the subnets of other policies. Only the
/// network's own addresses reach "prohibited". A packet with a foreign source is dropped silently, since its ICMP error
/// would go to that source by the ISP, with the first bytes of the packet.
/// </summary>
internal static class KillswitchRouting
{
    // From the first preference of the block. Its first rule must always be there, or the goto leads nowhere.
    private const int OwnSubnets = 0;
    private const int Questions = 1;
    private const int Lan = 3;
    private const int Allowed = 4;
    private const int Tunnel = 5;
    private const int Refusal = 6;
    private const int Forged = 7;

    public static IEnumerable<RoutingRule> Rules(
        KillswitchPolicy policy, IpFamily family, RuleEnvironment environment)
    {
        Cidr[] subnets = [.. policy.Target.SubnetsOf(family)];
        foreach (RoutingRule match in RoutingMatches.Of(policy.Target, family))
        {
            RoutingRule entry = RoutingBlock.Entry(policy.Kind, match, environment);
            int first = entry.Target!.Value;
            yield return entry;
            foreach (Cidr subnet in subnets)
            {
                yield return match with
                {
                    Preference = first + OwnSubnets,
                    To = subnet,
                    Table = RoutingRule.MainTable,
                    SuppressPrefixLength = 0,
                };
            }

            foreach (RoutingRule rule in Senders(match, subnets).SelectMany(
                sender => OfSender(policy, sender, first, environment)))
            {
                yield return rule;
            }

            // In a family without a subnet, the block needs nothing else.
            if (match.Iif is not null)
            {
                yield return match with
                {
                    Preference = first + (subnets.Length == 0 ? OwnSubnets : Forged),
                    Action = RoutingAction.Blackhole,
                };
            }
        }
    }

    private static IEnumerable<RoutingRule> OfSender(
        KillswitchPolicy policy, RoutingRule sender, int first, RuleEnvironment environment)
    {
        foreach (RoutingRule question in DnsRouting.Rules(policy, sender, first + Questions, environment.Table))
            yield return question;

        foreach (Cidr lan in LanOf(policy, sender.Family, environment))
        {
            // Wider routes don't count: without the LAN's own route this rule matches nothing.
            yield return sender with
            {
                Preference = first + Lan,
                To = lan,
                Table = RoutingRule.MainTable,
                SuppressPrefixLength = lan.PrefixLength - 1,
            };
        }

        foreach (Cidr destination in policy.AllowDestination.Where(to => to.Family == sender.Family))
            yield return sender with { Preference = first + Allowed, To = destination, Table = RoutingRule.MainTable };

        yield return sender with { Preference = first + Tunnel, Table = environment.Table };
        yield return sender with { Preference = first + Refusal, Action = RoutingAction.Prohibit };
    }

    private static IEnumerable<Cidr> LanOf(KillswitchPolicy policy, IpFamily family, RuleEnvironment environment) =>
        policy.AllowPublishedPort
            ? environment.OnLink.Where(
                lan => lan.Family == family && !policy.Target.Subnets.Any(subnet => subnet.Overlaps(lan)))
            : [];

    // The network's own addresses, by its bridge.
    private static IEnumerable<RoutingRule> Senders(RoutingRule match, IEnumerable<Cidr> subnets) =>
        match.From is null ? subnets.Select(subnet => match with { From = subnet }) : [match];
}
