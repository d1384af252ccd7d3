using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Planning;

/// <summary>Holds a live policy against the rules that it should have.</summary>
public static class PolicyAssessment
{
    /// <summary>
    /// What would have to be written for this policy to be whole, each line a reason why it is not; empty where it is.
    /// </summary>
    public static ImmutableArray<string> Missing(LivePolicy policy, LiveRules live, RuleEnvironment environment)
    {
        ImmutableArray<string>.Builder missing = ImmutableArray.CreateBuilder<string>();
        if (!policy.IsNamed)
            missing.Add("the firewall rules, and the policy's name with them");
        else if (!policy.IsWhole)
            missing.Add("the firewall chain, and options of the policy with it");

        ImmutableArray<OwnedRule> wanted = RuleCompiler.Compile([policy.Policy], environment, live.SitesOf);
        HashSet<Rule> present =
        [
            .. live.Firewall.Select(rule => rule.Rule with { Specification = HookComment.Neutral(rule.Rule.Specification) }),
            .. live.Routing,
        ];
        foreach (Rule rule in wanted.Select(rule => rule.Rule))
        {
            Rule found = rule is FirewallRule firewall
                ? firewall with { Placement = RulePlacement.Last, Specification = HookComment.Neutral(firewall.Specification) }
                : rule;
            if (!present.Contains(found))
                missing.Add(rule.CommandLine);
            else if (rule is FirewallRule hook && !OwnChains.IsOwn(hook.Chain) && IsOvertaken(hook, live))
                missing.Add($"a place before other rules that let packets pass: {rule.CommandLine}");
        }

        foreach (IGrouping<ChainKey, FirewallRule> chain in wanted
            .Select(rule => rule.Rule)
            .OfType<FirewallRule>()
            .Where(rule => OwnChains.IsOwn(rule.Chain))
            .GroupBy(ChainKey.Of))
        {
            if (Strangers(chain.Key, live) is { Length: > 0 } strangers)
                missing.Add($"the chain {chain.Key.Chain} without rules that are not ours: {strangers}");
            else if (!IsInOrder(chain, live))
                missing.Add($"the order of the rules in the chain {chain.Key.Chain}");
        }

        return missing.DrainToImmutable();
    }

    // Rules that somebody put into a chain of ours, where they decide before ours do.
    private static string Strangers(ChainKey key, LiveRules live) => string.Join(
        "; ",
        (live.Chains.GetValueOrDefault(key) ?? [])
            .Select(rule => rule.Rule.Specification)
            .Where(rule => rule.Owner is null && rule.Comment != RuleOwner.SharedComment)
            .Select(rule => rule.ToString()));

    // Between the rules of one policy there may be those of others, in chains that policies share.
    private static bool IsInOrder(IGrouping<ChainKey, FirewallRule> chain, LiveRules live)
    {
        HashSet<RuleSpecification> wanted = [.. chain.Select(rule => rule.Specification)];
        IEnumerable<RuleSpecification> found = (live.Chains.GetValueOrDefault(chain.Key) ?? [])
            .Select(rule => rule.Rule.Specification)
            .Where(wanted.Contains);
        return found.Distinct().SequenceEqual(chain.Select(rule => rule.Specification).Where(rule => Has(live, chain.Key, rule)));
    }

    private static bool Has(LiveRules live, ChainKey key, RuleSpecification rule) =>
        (live.Chains.GetValueOrDefault(key) ?? []).Exists(found => found.Rule.Specification == rule);

    private static bool IsOvertaken(FirewallRule hook, LiveRules live) => !live.Hooks.Any(rule =>
        rule.Rule.Family == hook.Family && rule.Rule.Chain == hook.Chain
        && rule.Rule.Specification.Target == hook.Specification.Target
        && HookPlace.IsGood(live.Saved(hook.Family), hook, rule.Index));
}
