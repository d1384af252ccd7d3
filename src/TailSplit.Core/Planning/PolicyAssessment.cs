using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Planning;

/// <summary>Holds live policies against the rules that they should have.</summary>
public sealed class PolicyAssessment(LiveRules live, RuleEnvironment environment)
{
    private readonly HashSet<Rule> _present =
    [
        .. live.Firewall.Select(rule => rule.Rule.Identity),
        .. live.Routing,
    ];

    private readonly Dictionary<LivePolicy, ImmutableArray<PolicyGap>> _gaps = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<IptablesRule, bool> _overtaken = [];
    private readonly Dictionary<ChainKey, string> _strangers = [];

    /// <summary>
    /// What would have to be written for this policy to be whole, each line a reason why it is not; empty where it is.
    /// </summary>
    public ImmutableArray<string> Missing(LivePolicy policy) => [.. Gaps(policy).Select(gap => gap.Text)];

    /// <summary>The same, each with its kind.</summary>
    public ImmutableArray<PolicyGap> Gaps(LivePolicy policy)
    {
        if (!_gaps.TryGetValue(policy, out ImmutableArray<PolicyGap> gaps))
            _gaps[policy] = gaps = FindGaps(policy);

        return gaps;
    }

    private ImmutableArray<PolicyGap> FindGaps(LivePolicy policy)
    {
        ImmutableArray<PolicyGap>.Builder missing = ImmutableArray.CreateBuilder<PolicyGap>();
        if (!policy.IsNamed)
            missing.Add(new(GapKind.Absent, "the firewall rules, and the policy's name with them"));
        else if (!policy.IsWhole)
            missing.Add(new(GapKind.Absent, "rules that say some of its options"));

        ImmutableArray<OwnedRule> wanted = RuleCompiler.Compile([policy.Policy], environment, live.Iptables.SitesOf);
        foreach (Rule rule in wanted.Select(rule => rule.Rule))
        {
            if (!_present.Contains(rule.Identity))
                missing.Add(new(KindOf(rule, GapKind.Absent), rule.CommandLine));
            else if (rule is IptablesRule hook && !OwnChains.IsOwn(hook.Chain) && IsOvertaken(hook))
                missing.Add(new(KindOf(rule, GapKind.Overtaken), $"a place before other rules that let packets pass: {rule.CommandLine}"));
        }

        foreach (IGrouping<ChainKey, IptablesRule> chain in wanted
            .Select(rule => rule.Rule)
            .OfType<IptablesRule>()
            .Where(rule => OwnChains.IsOwn(rule.Chain))
            .GroupBy(ChainKey.Of))
        {
            if (Strangers(chain.Key) is { Length: > 0 } strangers)
                missing.Add(
                    new(GapKind.Absent, $"the chain {chain.Key.Chain} without rules that are not ours: {strangers}"));
            else if (!IsInOrder(chain))
                missing.Add(new(GapKind.Absent, $"the order of the rules in the chain {chain.Key.Chain}"));
        }

        // What is left of another state of the policy, as after a change that was stopped half way, decides as well.
        HashSet<Rule> ours = [.. wanted.Select(rule => rule.Rule)];
        foreach (Rule rule in policy.Rules.Select(rule => rule.Rule).Where(rule => !ours.Contains(rule)))
            missing.Add(new(GapKind.Absent, $"a state without this rule, which is left over: {rule.CommandLine}"));

        return missing.DrainToImmutable();
    }

    // A jump in FORWARD is asked for only where DOCKER-USER is not reached. That of mangle stops no packet.
    private static GapKind KindOf(Rule rule, GapKind kind) => rule switch
    {
        IptablesRule { Table: IptablesTable.Filter, Chain: HookSites.Forward } => GapKind.Unreached,
        IptablesRule { Table: IptablesTable.Mangle, Chain: HookSites.Forward } when kind == GapKind.Overtaken =>
            GapKind.Unclamped,
        _ => kind,
    };

    // Rules that somebody put into a chain of ours, where they decide before ours do.
    private string Strangers(ChainKey key)
    {
        if (!_strangers.TryGetValue(key, out string? strangers))
        {
            _strangers[key] = strangers = string.Join(
                "; ",
                (live.Iptables.Chains.GetValueOrDefault(key) ?? [])
                    .Select(rule => rule.Rule.Specification)
                    .Where(rule => rule.Owner is null && rule.Comment != RuleOwner.SharedComment)
                    .Select(rule => rule.ToString()));
        }

        return strangers;
    }

    // Between the rules of one policy there may be those of others, in chains that policies share.
    private bool IsInOrder(IGrouping<ChainKey, IptablesRule> chain)
    {
        IptablesSpecification[] wanted = [.. chain.Select(rule => rule.Specification)];
        HashSet<IptablesSpecification> ours = [.. wanted];
        IptablesSpecification[] found = [.. (live.Iptables.Chains.GetValueOrDefault(chain.Key) ?? [])
            .Select(rule => rule.Rule.Specification)
            .Where(ours.Contains)
            .Distinct()];
        HashSet<IptablesSpecification> there = [.. found];
        return found.SequenceEqual(wanted.Where(there.Contains));
    }

    private bool IsOvertaken(IptablesRule hook)
    {
        if (!_overtaken.TryGetValue(hook, out bool overtaken))
        {
            _overtaken[hook] = overtaken = !live.Iptables.Hooks.Any(rule =>
                rule.Rule.Family == hook.Family && rule.Rule.Chain == hook.Chain
                && rule.Rule.Specification.Target == hook.Specification.Target
                && HookPlace.IsGood(live.Iptables.Saved(hook.Family), hook, rule.Index));
        }

        return overtaken;
    }
}
