using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>
/// The changes of TailSplit's jumps in the foreign chains of one table. A jump that every packet reaches stays; one
/// behind other rules moves back to its place. Rules of other programs are never changed.
/// </summary>
internal sealed record HookDiff
{
    /// <summary>Foreign chains that must be created for a jump.</summary>
    public ImmutableArray<string> MadeChains { get; private init; } = [];

    public ImmutableArray<string> Removals { get; private init; } = [];

    public ImmutableArray<string> Insertions { get; private init; } = [];

    /// <summary>Chains that TailSplit created for a jump and that no other program uses.</summary>
    public ImmutableArray<string> UnmadeChains { get; private init; } = [];

    public bool IsEmpty => MadeChains.IsEmpty && Removals.IsEmpty && Insertions.IsEmpty && UnmadeChains.IsEmpty;

    public static HookDiff Of(
        LiveIptables live, IpFamily family, IptablesTable table, IReadOnlyList<IptablesRule> wanted)
    {
        SavedRuleset saved = live.Saved(family);
        List<IptablesRule> wantedHooks = [.. wanted.Where(rule => !OwnChains.IsOwn(rule.Chain))];
        List<LiveIptablesRule> present = [.. live.Hooks.Where(
            hook => hook.Rule.Family == family && hook.Rule.Table == table)];

        List<IptablesRule> insert = [];
        HashSet<LiveIptablesRule> keep = [];
        foreach (IptablesRule hook in wantedHooks)
        {
            LiveIptablesRule? good = present.FirstOrDefault(rule =>
                rule.Rule.Chain == hook.Chain
                && HookComment.Neutral(rule.Rule.Specification) == HookComment.Neutral(hook.Specification)
                && HookPlace.IsGood(saved, hook, rule.Index));
            if (good is null)
                insert.Add(hook);
            else
                keep.Add(good);
        }

        List<LiveIptablesRule> remove = [.. present.Where(rule => !keep.Contains(rule))];
        return new HookDiff
        {
            MadeChains = [.. insert
                .Where(hook => hook.Chain == HookSites.DockerUser && saved.Find(table, hook.Chain) is null)
                .Select(hook => hook.Chain)],
            Removals = [.. remove.Select(hook => $"-D {hook.Rule.Chain} {hook.Rule.Specification}")],
            Insertions = [.. insert.Select(hook => InheritComment(hook, remove).RestoreLine)],
            UnmadeChains = [.. remove
                .Where(hook => hook.Rule.Specification.Comment == RuleOwner.CreatedChainComment)
                .Where(hook => !wantedHooks.Any(other => other.Chain == hook.Rule.Chain)
                    && IsUnused(saved, table, hook.Rule.Chain))
                .Select(hook => hook.Rule.Chain)],
        };
    }

    // A jump that moves within a chain that TailSplit created must keep that record.
    private static IptablesRule InheritComment(IptablesRule hook, List<LiveIptablesRule> removed) =>
        removed.Any(
            old => old.Rule.Chain == hook.Chain && old.Rule.Specification.Comment == RuleOwner.CreatedChainComment)
            ? hook with { Specification = hook.Specification with { Comment = RuleOwner.CreatedChainComment } }
            : hook;

    private static bool IsUnused(SavedRuleset saved, IptablesTable table, string chain) =>
        saved.Find(table, chain)?.Rules.Count == 1
        && !(saved.Find(table)?.Chains ?? []).SelectMany(other => other.Rules).Any(rule =>
            IptablesSpecification.Parse(rule.Specification).Target is string target
            && (target == $"-j {chain}" || target == $"-g {chain}"));
}
