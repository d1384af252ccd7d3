using TailSplit.Core.Compilation;
using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Core.Planning;

/// <summary>Whether a jump of ours stands where it does its work.</summary>
internal static class HookPlace
{
    public static bool IsGood(SavedRuleset saved, FirewallRule hook, int index)
    {
        SavedChain? chain = saved.Find(hook.Table, hook.Chain);
        if (chain is null)
            return false;

        // First: nothing above may let a packet pass us by. Last: Tailscale's restore must not come after our mark.
        return hook.Placement == RulePlacement.First
            ? !chain.Rules.Take(index).Any(rule => PassingRules.MayPass(saved, hook.Table, RuleSpecification.Parse(rule.Specification)))
            : !chain.Rules.Skip(index + 1).Any(rule => rule.Specification.Contains("--restore-mark", StringComparison.Ordinal));
    }
}
