using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Planning;

/// <summary>Compares live rules with wanted rules.</summary>
public static class Planner
{
    /// <summary>The plan that makes the policies of the set the ones in force.</summary>
    public static Plan Plan(LiveRules live, PolicySet set, RuleEnvironment environment)
    {
        ImmutableArray<OwnedRule> wanted = RuleCompiler.Compile(
            set.ToCompile,
            environment,
            live.Iptables.SitesOf,
            set.ToKeep.SelectMany(policy => policy.Policy.Target.Subnets));
        OwnedRule[] remains = [.. set.ToKeep.SelectMany(policy => policy.Rules)];
        NftObject[] inNftables = [.. remains.Select(rule => rule.Rule).OfType<NftObject>()];
        if (inNftables.Length > 0)
            remains =
                [.. remains, .. NftEntrance.Of(live.Nftables, inNftables).Select(rule => new OwnedRule(rule, null))];

        // Nearly always none exist, and comparing thousands of rules takes time.
        IEnumerable<OwnedRule> missing = remains.Length == 0
            ? []
            : remains.ExceptBy(wanted.Select(rule => rule.Rule), rule => rule.Rule);
        return Plan(live, WithJumps([.. wanted, .. missing], live));
    }

    /// <summary>The plan that makes exactly these rules TailSplit's rules in the kernel.</summary>
    public static Plan Plan(LiveRules live, IEnumerable<OwnedRule> wantedRules)
    {
        ImmutableArray<OwnedRule> wanted = [.. wantedRules];
        ImmutableArray<RuleChange> changes = Changes(live, wanted);
        Rule[] rules = [.. wanted.Select(rule => rule.Rule)];
        return new Plan
        {
            Changes = changes,
            Restore = ByFamily(family => IptablesDiff.Write(
                live.Iptables, family,
                [.. rules.OfType<IptablesRule>().Where(rule => rule.Family == family)])),
            Nftables = NftDiff.Write(live.Nftables, [.. rules.OfType<NftObject>()]),
            IptablesFirst = !Adds<NftObject>(changes),
            Batch = ByFamily(family => RoutingDiff.Write(
                live.Routing.Where(rule => rule.Family == family),
                rules.OfType<RoutingRule>().Where(rule => rule.Family == family))),
            RoutingFirst = !changes.Any(change => change.Kind == RuleChangeKind.Add && !IsShared(change.Rule.Rule)),
        };
    }

    /// <summary>
    /// What remains of a plan after it was written; null if nothing does. Something remains if a step failed halfway or
    /// another program wrote at the same time.
    /// </summary>
    public static Plan? Rest(LiveRules live, Plan plan)
    {
        Plan rest = Plan(
            live, plan.Changes.Where(change => change.Kind != RuleChangeKind.Remove).Select(change => change.Rule));
        return rest.IsEmpty ? null : rest;
    }

    private static bool Adds<T>(ImmutableArray<RuleChange> changes)
        where T : Rule => changes.Any(change => change.Kind == RuleChangeKind.Add && change.Rule.Rule is T);

    // If a policy is removed, the subnets of the others may need other rules. They only lead to bridges.
    private static bool IsShared(Rule rule) => rule is RoutingRule routing && ReplyRouting.IsShared(routing);

    private static ImmutableDictionary<IpFamily, string> ByFamily(Func<IpFamily, string> write) => IpFamilies.All
        .Select(family => (Family: family, Text: write(family)))
        .Where(each => each.Text.Length > 0)
        .ToImmutableDictionary(each => each.Family, each => each.Text);

    // Remaining rules that are kept also need their jumps, even if no complete policy does.
    private static ImmutableArray<OwnedRule> WithJumps(ImmutableArray<OwnedRule> wanted, LiveRules live)
    {
        HashSet<Rule> have = [.. wanted.Select(rule => rule.Rule)];
        return [.. Hooks.For(wanted, live.Iptables.SitesOf).Where(hook => !have.Contains(hook.Rule)), .. wanted];
    }

    private static ImmutableArray<RuleChange> Changes(LiveRules live, ImmutableArray<OwnedRule> wanted)
    {
        HashSet<Rule> present = [.. live.Firewall.Select(rule => rule.Rule.Identity), .. live.Routing];
        HashSet<Rule> stays = [.. wanted.Select(rule => rule.Rule.Identity)];
        IEnumerable<Rule> gone = live.Firewall
            .Select(rule => rule.Rule)
            .Concat(live.Routing)
            .Where(rule => !stays.Contains(rule.Identity));
        return
        [
            .. gone.Select(rule => new RuleChange(new OwnedRule(rule, rule.Owner), RuleChangeKind.Remove)),
            .. wanted.Select(rule => new RuleChange(
                rule, present.Contains(rule.Rule.Identity) ? RuleChangeKind.Keep : RuleChangeKind.Add)),
        ];
    }
}
