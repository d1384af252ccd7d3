using TailSplit.Core.Model;

namespace TailSplit.Core.Iptables;

/// <summary>Whether a jump of TailSplit is in an effective place.</summary>
internal static class HookPlace
{
    public static bool IsGood(SavedRuleset saved, IptablesRule hook, int index) =>
        saved.Find(hook.Table, hook.Chain) is not null && !InTheWay(saved, hook, index).Any();

    /// <summary>The rules of other programs that make a jump ineffective at this place.</summary>
    public static IEnumerable<IptablesSpecification> InTheWay(SavedRuleset saved, IptablesRule hook, int index)
    {
        // The rules above can't be evaluated, and no jump can be moved there.
        if (saved.Find(hook.Table)?.Unreadable is not null)
            return [];

        IReadOnlyList<SavedRule> rules = saved.Find(hook.Table, hook.Chain)?.Rules ?? [];
        // Nearly always no rule is above, and this is not evaluated.
        Lazy<HashSet<InterfaceName>> bridges = new(() => Bridges(saved, hook.Table));
        // First: no rule above may accept a packet. Last: Tailscale's restore must not come after TailSplit's mark.
        return hook.Placement == RulePlacement.First
            ? rules.Take(index)
                .Select(rule => IptablesSpecification.Parse(rule.Specification))
                .Where(rule => rule.In is not InterfaceName input || bridges.Value.Count == 0
                    || bridges.Value.Contains(input))
                .Where(rule => PassingRules.MayPass(saved, hook.Table, rule))
            : rules.Skip(index + 1)
                .Where(rule => rule.Specification.Contains("--restore-mark", StringComparison.Ordinal))
                .Select(rule => IptablesSpecification.Parse(rule.Specification));
    }

    // The interfaces of policies. Rules for other interfaces, such as Docker's for a later network, accept none of
    // their packets. Empty if a policy has no bridge.
    private static HashSet<InterfaceName> Bridges(SavedRuleset saved, IptablesTable table)
    {
        IptablesSpecification[] entries = [.. (saved.Find(table)?.Chains ?? [])
            .Where(chain => chain.Name is OwnChains.Killswitch or OwnChains.Host or OwnChains.Dns
                || OwnChains.IsOfBridge(chain.Name))
            .SelectMany(chain => chain.Rules)
            .Select(rule => IptablesSpecification.Parse(rule.Specification))];
        HashSet<string> known =
            [.. entries.Where(entry => entry.In is not null && IsGoto(entry)).Select(entry => entry.Target)];
        return entries.All(entry => entry.In is not null || known.Contains(entry.Target))
            ? [.. entries.Select(entry => entry.In).OfType<InterfaceName>()]
            : [];

        static bool IsGoto(IptablesSpecification rule) => rule.IsGoto;
    }
}
