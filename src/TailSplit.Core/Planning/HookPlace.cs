using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
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

        // Rules about other people's interfaces, such as Docker's of a network made later, pass none of our packets.
        HashSet<InterfaceName> bridges = [.. (saved.Find(hook.Table)?.Chains ?? [])
            .Where(own => OwnChains.IsOwn(own.Name))
            .SelectMany(own => own.Rules)
            .Select(rule => RuleSpecification.Parse(rule.Specification).In)
            .OfType<InterfaceName>()];

        // First: nothing above may let a packet pass us by. Last: Tailscale's restore must not come after our mark.
        return hook.Placement == RulePlacement.First
            ? !chain.Rules.Take(index)
                .Select(rule => RuleSpecification.Parse(rule.Specification))
                .Where(rule => rule.In is not InterfaceName input || bridges.Count == 0 || bridges.Contains(input))
                .Any(rule => PassingRules.MayPass(saved, hook.Table, rule))
            : !chain.Rules.Skip(index + 1).Any(rule => rule.Specification.Contains("--restore-mark", StringComparison.Ordinal));
    }
}
