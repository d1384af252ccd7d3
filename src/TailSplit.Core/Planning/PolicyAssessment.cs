using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Planning;

/// <summary>Compares live policies with the rules that they should have.</summary>
/// <param name="live">The rules of the host.</param>
/// <param name="environment">What of the host decides how rules are spelled.</param>
/// <param name="policies">All policies in force, which share rules; read from the rules where they are null.</param>
public sealed class PolicyAssessment(
    LiveRules live, RuleEnvironment environment, IEnumerable<LivePolicy>? policies = null)
{
    // The wanted and live rules that lead to the subnets of all policies.
    private readonly RoutingRule[] _sharedWanted =
        [.. SharedBy(policies ?? PolicyReader.Read(live, environment), environment)];
    private readonly RoutingRule[] _shared = [.. live.Routing.Where(ReplyRouting.IsShared)];

    private readonly HashSet<Rule> _present =
    [
        .. live.Firewall.Select(rule => rule.Rule.Identity),
        .. live.Routing,
    ];

    private readonly Dictionary<LivePolicy, ImmutableArray<PolicyGap>> _gaps = new(ReferenceEqualityComparer.Instance);
    private readonly IptablesGaps _iptables = new(live.Iptables);

    /// <summary>
    /// What is missing for the policy to be complete, a line each; empty if nothing is.
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
            missing.Add(new(GapKind.Absent, "rules that record some of its options"));

        Rule[] wanted =
        [
            .. RuleCompiler.Compile([policy.Policy], environment, live.Iptables.SitesOf)
                .Select(rule => rule.Rule)
                .Where(rule => rule is not RoutingRule routing || !ReplyRouting.IsShared(routing)),
            .. _sharedWanted.Where(rule => LeadsTo(policy, rule)),
        ];
        foreach (Rule rule in wanted)
        {
            if (!_present.Contains(rule.Identity))
                missing.Add(new(KindOf(rule, GapKind.Absent), rule.CommandLine));
            else if (rule is IptablesRule jump && _iptables.IsOvertaken(jump))
                missing.Add(new(
                    KindOf(rule, GapKind.Overtaken),
                    $"a position before rules that accept packets: {rule.CommandLine}"));
        }

        missing.AddRange(_iptables.OfChains(wanted.OfType<IptablesRule>())
            .Concat(NftGaps.OfChains(live.Nftables, wanted.OfType<NftRule>()))
            .Select(gap => new PolicyGap(GapKind.Absent, gap)));

        // Rules of an earlier state of the policy, as after an interrupted change, also apply.
        HashSet<Rule> ours = [.. wanted];
        foreach (Rule rule in policy.Rules.Select(rule => rule.Rule)
            .Union(_shared.Where(rule => LeadsTo(policy, rule)))
            .Where(rule => !ours.Contains(rule)))
        {
            missing.Add(new(GapKind.Absent, $"the removal of a leftover rule: {rule.CommandLine}"));
        }

        return missing.DrainToImmutable();
    }

    private static IEnumerable<RoutingRule> SharedBy(IEnumerable<LivePolicy> policies, RuleEnvironment environment)
    {
        Cidr[] subnets = [.. policies.SelectMany(policy => policy.Policy.Target.Subnets)];
        return environment.Families.SelectMany(family => ReplyRouting.Rules(subnets, family, environment));
    }

    private static bool LeadsTo(LivePolicy policy, RoutingRule shared) =>
        shared.To is Cidr to && policy.Policy.Target.Subnets.Any(to.Overlaps);

    private static GapKind KindOf(Rule rule, GapKind kind) =>
        rule is IptablesRule iptables ? IptablesGaps.KindOf(iptables, kind) : kind;
}
