using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation.Routing;

/// <summary>
/// A bypass as ip rules: LAN by main, tailnet and subnet routes by Tailscale's table, everything else by main's default.
/// </summary>
internal static class BypassRouting
{
    public static IEnumerable<RoutingRule> Rules(BypassPolicy policy, IpFamily family, RuleEnvironment environment)
    {
        int first = environment.BasePreference;
        foreach (RoutingRule match in RoutingMatches.Of(policy.Target, family, first))
        {
            // Says by the bridge which subnets are behind it, whatever is left of the firewall's rules.
            foreach (Cidr subnet in policy.Target.SubnetsOf(family).Where(_ => match.Iif is not null))
                yield return match with { Preference = first + 9, To = subnet, Table = RoutingRule.MainTable, SuppressPrefixLength = 0 };

            yield return match with { Preference = first + 10, Table = RoutingRule.MainTable, SuppressPrefixLength = 0 };
            yield return match with { Preference = first + 11, Table = environment.Table, SuppressPrefixLength = 0 };
            foreach (Cidr destination in policy.Exclude.Where(to => to.Family == family))
                yield return match with { Preference = first + 11, To = destination, Table = environment.Table };

            // With Mark, Tailscale's own rule sends the marked packet to main. This one is for the reverse path check
            // of its answer, which looks without a mark where src_valid_mark is 0 (net/ipv4/fib_frontend.c,
            // __fib_validate_source), and it keeps the bypass open if mangle is flushed. Not at the preference of the
            // other: to delete that one would delete this one as well (net/core/fib_rules.c, rule_find: what a request
            // does not say matches anything).
            FwMark? unmarked = policy.Mechanism == Mechanism.Mark ? new FwMark(0, environment.EscapeMark.Mask) : null;
            yield return match with
            {
                Preference = first + (unmarked is null ? 12 : 13),
                FwMark = unmarked,
                Table = RoutingRule.MainTable,
            };

            // Where main has no way out, as of a family that the ISP does not have, the next rules are Tailscale's. Not at
            // one preference for both, as above.
            yield return match with { Preference = first + (unmarked is null ? 14 : 15), FwMark = unmarked, Action = RoutingAction.Unreachable };
        }
    }
}
