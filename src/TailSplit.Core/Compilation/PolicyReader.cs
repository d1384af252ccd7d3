using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>
/// Reads policies back from their rules, the inverse of <see cref="RuleCompiler"/>: the kernel is the only state. Rules
/// may be missing; each option is read from any layer and family that still has it.
/// </summary>
public static class PolicyReader
{
    /// <param name="live">The rules of the host.</param>
    /// <param name="environment">What of the host decides how rules are spelled.</param>
    /// <param name="leftBehind">Rules in a store that Docker no longer uses, which record policies too.</param>
    public static ImmutableArray<LivePolicy> Read(
        LiveRules live, RuleEnvironment environment, LiveRules? leftBehind = null)
    {
        RoutingClaims unclaimed = new(live.Routing);
        ImmutableArray<LivePolicy>.Builder policies = ImmutableArray.CreateBuilder<LivePolicy>();
        foreach (IGrouping<PolicyName, (LiveFirewallRule Rule, RuleOwner Owner)> rules in live.Firewall
            .Concat(leftBehind?.Firewall ?? [])
            .Select(rule => (Rule: rule, Owner: rule.Rule.Owner!))
            .Where(rule => rule.Owner is not null)
            .GroupBy(rule => rule.Owner.Name)
            .OrderBy(group => group.Key.ToString(), StringComparer.Ordinal))
        {
            policies.Add(Named(new PolicyEvidence([.. rules], environment), unclaimed));
        }

        HashSet<PolicyName> taken = [.. policies.Select(policy => policy.Policy.Name)];
        Cidr[] subnets = [.. policies.SelectMany(policy => policy.Policy.Target.Subnets)];
        policies.AddRange(OrphanReader.Read(unclaimed.Left, environment, taken, subnets));
        return policies.DrainToImmutable();
    }

    private static LivePolicy Named(PolicyEvidence evidence, RoutingClaims unclaimed)
    {
        ImmutableArray<RoutingRule> routing = unclaimed.Take(evidence);
        evidence.Routing = routing;
        Policy policy = evidence.Kind == PolicyKind.Killswitch ? evidence.ToKillswitch() : evidence.ToBypass();
        RuleOwner owner = RuleOwner.Of(policy);
        IEnumerable<Rule> rules = [.. evidence.Rules, .. routing];
        return new LivePolicy(
            policy, evidence.IsWhole(policy), IsNamed: true, [.. rules.Select(rule => new OwnedRule(rule, owner))])
        {
            SaysOrigin = evidence.SaysOrigin,
        };
    }
}
