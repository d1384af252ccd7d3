using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Routing;

/// <summary>
/// A bypass as ip rules: LAN by main, tailnet and subnet routes by Tailscale's table, everything else by main's default
/// route.
/// </summary>
internal static class BypassRouting
{
    // Offsets from the first preference of the block. The first rule must always exist, since the goto leads there.
    // Rules that differ only in a field that one of them omits have different preferences: a request to add or delete
    // that rule also finds the other (net/core/fib_rules.c, rule_exists and rule_find: an omitted field matches
    // anything).
    private const int OnLink = 0;
    private const int OwnSubnets = 1;
    private const int Tailnet = 2;
    private const int Excluded = 3;
    private const int Marked = 4;
    private const int Internet = 5;
    private const int NoWay = 6;

    // No LAN is wider. Wider routes, such as the two halves of OpenVPN's redirect-gateway def1, lead to the internet
    // and must not precede the tailnet.
    private const int WidestOfLan = 8;

    public static IEnumerable<RoutingRule> Rules(BypassPolicy policy, IpFamily family, RuleEnvironment environment)
    {
        foreach (RoutingRule match in RoutingMatches.Of(policy.Target, family))
        {
            RoutingRule entry = RoutingBlock.Entry(policy.Kind, match, environment);
            int first = entry.Target!.Value;
            RoutingRule main = match with { Table = RoutingRule.MainTable };
            RoutingRule tunnel = match with { Table = environment.Table };
            yield return entry;
            yield return main with { Preference = first + OnLink, SuppressPrefixLength = WidestOfLan - 1 };
            // Records the subnets of the bridge, in case the firewall is flushed.
            foreach (Cidr subnet in policy.Target.SubnetsOf(family).Where(_ => match.Iif is not null))
                yield return main with { Preference = first + OwnSubnets, To = subnet, SuppressPrefixLength = 0 };

            yield return tunnel with { Preference = first + Tailnet, SuppressPrefixLength = 0 };
            foreach (Cidr destination in policy.Exclude.Where(to => to.Family == family))
                yield return tunnel with { Preference = first + Excluded, To = destination };

            // A packet with the mark does not get as far as Tailscale's own rule for it. The rule also tells the
            // mechanism.
            if (policy.Mechanism == Mechanism.Mark)
                yield return main with { Preference = first + Marked, FwMark = environment.EscapeMark };

            // With Mark, for the reverse path check of an answer, which looks without a mark where src_valid_mark is 0
            // (net/ipv4/fib_frontend.c, __fib_validate_source), and for a host whose mangle is flushed.
            yield return main with { Preference = first + Internet };

            // For a family without a default route in main.
            yield return match with { Preference = first + NoWay, Action = RoutingAction.Unreachable };
        }
    }
}
