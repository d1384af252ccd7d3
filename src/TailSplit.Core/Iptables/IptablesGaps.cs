using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>Reasons why existing iptables rules have no effect.</summary>
internal sealed class IptablesGaps(LiveIptables live)
{
    private readonly Dictionary<IptablesRule, bool> _overtaken = [];
    private readonly Dictionary<ChainKey, string> _strangers = [];

    /// <summary>The kind of a gap for this rule.</summary>
    public static GapKind KindOf(IptablesRule rule, GapKind kind) => rule switch
    {
        // A jump in FORWARD is needed only if DOCKER-USER is not reached.
        { Table: IptablesTable.Filter, Chain: HookSites.Forward } => GapKind.Unreached,
        // The jump in mangle stops no packet.
        { Table: IptablesTable.Mangle, Chain: HookSites.Forward } when kind == GapKind.Overtaken => GapKind.Unclamped,
        _ => kind,
    };

    /// <summary>Whether it is a jump, and rules that accept packets precede all of its copies.</summary>
    public bool IsOvertaken(IptablesRule rule)
    {
        if (OwnChains.IsOwn(rule.Chain))
            return false;

        if (!_overtaken.TryGetValue(rule, out bool overtaken))
        {
            _overtaken[rule] = overtaken = !live.Hooks.Any(hook =>
                hook.Rule.Family == rule.Family && hook.Rule.Chain == rule.Chain
                && hook.Rule.Specification.Target == rule.Specification.Target
                && HookPlace.IsGood(live.Saved(rule.Family), rule, hook.Index));
        }

        return overtaken;
    }

    /// <summary>Problems of the chains of a policy besides missing rules.</summary>
    public IEnumerable<string> OfChains(IEnumerable<IptablesRule> wanted)
    {
        foreach (IGrouping<ChainKey, IptablesRule> chain in wanted
            .Where(rule => OwnChains.IsOwn(rule.Chain))
            .GroupBy(ChainKey.Of))
        {
            if (Strangers(chain.Key) is { Length: > 0 } strangers)
                yield return $"the chain {chain.Key.Chain} without foreign rules: {strangers}";
            else if (!IsInOrder(chain))
                yield return $"the order of the rules in the chain {chain.Key.Chain}";
        }
    }

    // Rules of other programs in a chain of TailSplit that decide first.
    private string Strangers(ChainKey key)
    {
        if (!_strangers.TryGetValue(key, out string? strangers))
        {
            _strangers[key] = strangers = string.Join(
                "; ",
                (live.Chains.GetValueOrDefault(key) ?? [])
                    .Select(rule => rule.Rule.Specification)
                    .Where(rule => rule.Owner is null && rule.Comment != RuleOwner.SharedComment)
                    .Select(rule => rule.ToString()));
        }

        return strangers;
    }

    // In shared chains, rules of other policies may be between those of one policy.
    private bool IsInOrder(IGrouping<ChainKey, IptablesRule> chain)
    {
        IptablesSpecification[] wanted = [.. chain.Select(rule => rule.Specification)];
        HashSet<IptablesSpecification> ours = [.. wanted];
        IptablesSpecification[] found = [.. (live.Chains.GetValueOrDefault(chain.Key) ?? [])
            .Select(rule => rule.Rule.Specification)
            .Where(ours.Contains)
            .Distinct()];
        HashSet<IptablesSpecification> there = [.. found];
        return found.SequenceEqual(wanted.Where(there.Contains));
    }
}
