using TailSplit.Core.Model;

namespace TailSplit.Core.Iptables;

/// <summary>Whether a jump of TailSplit's stands where it does its work.</summary>
internal static class HookPlace
{
    public static bool IsGood(SavedRuleset saved, IptablesRule hook, int index) =>
        saved.Find(hook.Table, hook.Chain) is not null && !InTheWay(saved, hook, index).Any();

    /// <summary>The rules of others that keep a jump of TailSplit's at this place from its work.</summary>
    public static IEnumerable<IptablesSpecification> InTheWay(SavedRuleset saved, IptablesRule hook, int index)
    {
        // What stands above can't be judged, and nothing can be put in its place there.
        if (saved.Find(hook.Table)?.Unreadable is not null)
            return [];

        IReadOnlyList<SavedRule> rules = saved.Find(hook.Table, hook.Chain)?.Rules ?? [];
        // Nearly always no rule is above, and this is not evaluated.
        Lazy<HashSet<InterfaceName>> bridges = new(() => Bridges(saved, hook.Table));
        // First: nothing above may let a packet pass us by. Last: Tailscale's restore must not come after our mark.
        return hook.Placement == RulePlacement.First
            ? rules.Take(index)
                .Select(rule => IptablesSpecification.Parse(rule.Specification))
                .Where(rule => rule.In is not InterfaceName input || bridges.Value.Count == 0 || bridges.Value.Contains(input))
                .Where(rule => PassingRules.MayPass(saved, hook.Table, rule))
            : rules.Skip(index + 1)
                .Where(rule => rule.Specification.Contains("--restore-mark", StringComparison.Ordinal))
                .Select(rule => IptablesSpecification.Parse(rule.Specification));
    }

    // The interfaces by which our packets come in. Rules about others, such as Docker's of a network made later, pass
    // none of them. Empty where a policy does not say its bridge.
    private static HashSet<InterfaceName> Bridges(SavedRuleset saved, IptablesTable table)
    {
        IptablesSpecification[] entries = [.. (saved.Find(table)?.Chains ?? [])
            .Where(chain => chain.Name is OwnChains.Killswitch or OwnChains.Host or OwnChains.Dns)
            .SelectMany(chain => chain.Rules)
            .Select(rule => IptablesSpecification.Parse(rule.Specification))];
        HashSet<string> known = [.. entries.Where(entry => entry.In is not null && IsGoto(entry)).Select(entry => entry.Target)];
        return entries.All(entry => entry.In is not null || known.Contains(entry.Target))
            ? [.. entries.Select(entry => entry.In).OfType<InterfaceName>()]
            : [];

        static bool IsGoto(IptablesSpecification rule) => rule.IsGoto;
    }
}
