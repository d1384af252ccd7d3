using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Planning;

/// <summary>Compares live rules with wanted rules.</summary>
public static class Planner
{
    /// <summary>The plan that makes the policies of the set the ones in force.</summary>
    public static Plan Plan(LiveRules live, PolicySet set, RuleEnvironment environment)
    {
        ImmutableArray<OwnedRule> wanted = RuleCompiler.Compile(set.ToCompile, environment, live.Iptables.SitesOf);
        OwnedRule[] remains = [.. set.ToKeep.SelectMany(policy => policy.Rules)];
        // Nearly always there are none, and to tell thousands of rules apart for them takes its time.
        return Plan(live, WithJumps(remains.Length == 0 ? wanted : [.. wanted, .. remains.Except(wanted)], live));
    }

    /// <summary>The plan that makes exactly these rules the ones of ours in the kernel.</summary>
    public static Plan Plan(LiveRules live, IEnumerable<OwnedRule> wantedRules)
    {
        ImmutableArray<OwnedRule> wanted = [.. wantedRules];
        ImmutableArray<RuleChange> changes = Changes(live, wanted);
        (ImmutableDictionary<IpFamily, string> restore, ImmutableDictionary<IpFamily, string> batch) =
            Texts(live, wanted);
        return new Plan
        {
            Changes = changes,
            Restore = restore,
            Batch = batch,
            RoutingFirst = !changes.Any(change => change.Kind == RuleChangeKind.Add),
        };
    }

    /// <summary>
    /// What is left to do once a plan was written; null where that is nothing. It is something where a step failed half
    /// way, or somebody else wrote at the same time.
    /// </summary>
    public static Plan? Rest(LiveRules live, Plan plan)
    {
        ImmutableArray<OwnedRule> wanted =
            [.. plan.Changes.Where(change => change.Kind != RuleChangeKind.Remove).Select(change => change.Rule)];
        (ImmutableDictionary<IpFamily, string> restore, ImmutableDictionary<IpFamily, string> batch) =
            Texts(live, wanted);
        return restore.IsEmpty && batch.IsEmpty ? null : Plan(live, wanted);
    }

    private static (ImmutableDictionary<IpFamily, string> Restore, ImmutableDictionary<IpFamily, string> Batch) Texts(
        LiveRules live, ImmutableArray<OwnedRule> wanted)
    {
        Dictionary<IpFamily, string> restore = [];
        Dictionary<IpFamily, string> batch = [];
        foreach (IpFamily family in IpFamilies.All)
        {
            string text = IptablesDiff.Write(
                live.Iptables, family,
                [.. wanted.Select(rule => rule.Rule).OfType<IptablesRule>().Where(rule => rule.Family == family)]);
            if (text.Length > 0)
                restore[family] = text;

            text = RoutingDiff.Write(
                live.Routing.Where(rule => rule.Family == family),
                wanted.Select(rule => rule.Rule).OfType<RoutingRule>().Where(rule => rule.Family == family));
            if (text.Length > 0)
                batch[family] = text;
        }

        return (restore.ToImmutableDictionary(), batch.ToImmutableDictionary());
    }

    // Remains that are kept need their jumps as well, even where no whole policy asks for them.
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
            .. wanted.Select(rule => new RuleChange(rule, present.Contains(rule.Rule.Identity) ? RuleChangeKind.Keep : RuleChangeKind.Add)),
        ];
    }
}
