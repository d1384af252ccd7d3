using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Rules;

namespace TailSplit.Execution.Transactions;

/// <summary>The rules of TailSplit's at one moment, as something to go back to.</summary>
internal static class OwnRules
{
    public static IEnumerable<OwnedRule> Of(LiveRules live) =>
        live.Firewall
            .Select(rule => Placed(rule.Rule))
            .Concat(live.Routing)
            .Select(rule => new OwnedRule(rule, null));

    // Read back, a rule does not say by which command it was put; a jump goes where jumps of its chain go.
    private static Rule Placed(Rule rule) =>
        rule is not IptablesRule iptables || OwnChains.IsOwn(iptables.Chain) || iptables is { Table: IptablesTable.Mangle, Chain: HookSites.Prerouting }
            ? rule
            : iptables with { Placement = RulePlacement.First };
}
