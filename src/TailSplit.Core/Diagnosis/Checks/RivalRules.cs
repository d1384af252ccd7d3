using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Finds ip rules of other programs that decide about a policy's packets before its own, and the consequence.
/// </summary>
internal static class RivalRules
{
    // Shorter prefixes mean the internet, such as OpenVPN's two /1 routes.
    private const int ShortestOfAPlace = 7;

    public static bool Wins(LiveRoutingRule rule, Policy policy, Host host) =>
        rule.Protocol != RoutingRule.Protocol
        && !TunnelPreferences.IsOfTunnel(rule, host.Environment)
        && Decides(rule.Whole, policy, host.Environment)
        && MayMatch(rule.Whole, policy, host.Environment)
        && !DoesTheSame(rule.Whole, policy);

    /// <summary>
    /// Whether the rule matches only some destinations. The policy then works for all others, and the firewall of a
    /// killswitch also for these.
    /// </summary>
    public static bool LeavesOneLayer(KernelRoutingRule rule, Policy policy, Host host) =>
        rule is { Inverted: false, To: Cidr to } ? IsPlace(to) && !policy.Provider.Overlaps(to)
        : policy is KillswitchPolicy
            && rule is { Inverted: false, Table: RoutingRule.MainTable, SuppressPrefixLength: >= 0 }
            && host.Routing.MainRoutes.Where(
                route => route.Family == rule.Family && route.Type is null && !route.IsDefault)
                .All(
                    route => route.Prefix is not Cidr prefix
                        || prefix.PrefixLength <= rule.SuppressPrefixLength
                        || IsPlace(prefix));

    private static bool IsPlace(Cidr prefix) => prefix.PrefixLength >= ShortestOfAPlace;

    // Before the rule that leads to the policy's own, or among those.
    private static bool Decides(KernelRoutingRule rule, Policy policy, RuleEnvironment environment)
    {
        int entry = RoutingBlock.EntryOf(policy.Kind, environment);
        bool isAmongOwn = RoutingMatches.Of(policy.Target, rule.Family)
            .Any(match => RoutingBlock.Contains(RoutingBlock.Entry(policy.Kind, match, environment), rule.Preference));
        return (rule.Preference < entry || isAmongOwn) && rule.Action switch
        {
            KernelRoutingAction.Lookup => rule.Table is not (0 or KernelTable.Local),
            // It skips the policy's own rules.
            KernelRoutingAction.Goto => isAmongOwn || rule.Target > entry,
            KernelRoutingAction.Nop => false,
            _ => true,
        };
    }

    private static bool MayMatch(KernelRoutingRule rule, Policy policy, RuleEnvironment environment)
    {
        // Forwarded packets have no socket that could be bound to an interface.
        if (rule.NeverForwarded is not null)
            return false;

        bool selects = (rule.Iif is null || rule.Iif == policy.Target.Bridge?.ToString())
            && (rule.From is not Cidr from || policy.Target.Subnets.Any(from.Overlaps))
            && (rule.To is not Cidr to || !policy.Target.Subnets.Any(subnet => subnet.Contains(to)))
            && MatchesMark(rule.FwMark, policy, environment);
        // "not" inverts the whole rule; with a mark, unmarked packets match.
        return rule.Inverted ? rule.FwMark is not null || !selects : selects;
    }

    // Packets have no mark, except the escape mark of a bypass.
    private static bool MatchesMark(FwMark? mark, Policy policy, RuleEnvironment environment) =>
        mark is not FwMark value
        || value.Value == 0
        || (
            policy is BypassPolicy { Mechanism: Mechanism.Mark }
                && (environment.EscapeMark.Value & value.Mask) == value.Value);

    // On-link destinations of a bypass and allowed destinations of a killswitch also use the main table.
    private static bool DoesTheSame(KernelRoutingRule rule, Policy policy) =>
        rule.Table == RoutingRule.MainTable && !rule.Inverted && policy switch
        {
            BypassPolicy => rule.SuppressPrefixLength is >= 0
                || (rule.From is null && rule.To is { PrefixLength: > 0 }),
            KillswitchPolicy killswitch =>
                rule is { SuppressPrefixLength: null, To: Cidr to }
                    && killswitch.AllowDestination.Any(allowed => allowed.Contains(to)),
            _ => false,
        };
}
