using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Rules;

namespace TailSplit.Execution.Transactions;

/// <summary>The rules of TailSplit at one moment, as the state to restore.</summary>
internal static class OwnRules
{
    public static IEnumerable<OwnedRule> Of(LiveRules live) =>
        live.Firewall
            .Select(rule => Placed(rule.Rule))
            .Concat(live.Routing)
            .Select(rule => new OwnedRule(rule, null));

    // A rule that was read back does not say how it was inserted. A jump goes where jumps of its chain go.
    private static Rule Placed(Rule rule) =>
        rule is not IptablesRule iptables
            || OwnChains.IsOwn(iptables.Chain)
            || iptables is { Table: IptablesTable.Mangle, Chain: HookSites.Prerouting }
            ? rule
            : iptables with { Placement = RulePlacement.First };
}
