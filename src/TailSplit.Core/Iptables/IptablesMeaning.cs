using System.Collections.Immutable;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>Reads iptables rules in chains of TailSplit back into typed rules.</summary>
internal static class IptablesMeaning
{
    /// <summary>All rules of TailSplit, with the jumps into its chains.</summary>
    public static IEnumerable<LiveFirewallRule> Of(LiveIptables live) =>
    [
        .. live.Hooks.Select(jump => new LiveFirewallRule(jump.Rule, [], jump.Counters)),
        .. live.Chains.Values.SelectMany(rules => rules)
            .Select(rule => new LiveFirewallRule(rule.Rule, MeaningsOf(rule.Rule), rule.Counters)),
    ];

    // What leads to the chain of a bridge matches no more than the rules there, which name the bridge too.
    private static ImmutableArray<FirewallRule> MeaningsOf(IptablesRule rule) =>
        OwnChains.IsOfBridge(rule.Specification.OwnChain) ? [] : [Of(rule)];

    public static FirewallRule Of(IptablesRule rule)
    {
        RuleOwner? owner = rule.Specification.Owner;
        return new FirewallRule(
            rule.Family, StageOf(rule), IptablesMatches.Read(rule.Specification),
            IptablesTargets.Read(rule.Specification.Target), owner)
        {
            IsInPolicyChain = owner is not null && rule.Chain == OwnChains.Of(owner.Kind, owner.Name),
        };
    }

    private static FirewallStage StageOf(IptablesRule rule) => rule.Table switch
    {
        IptablesTable.Filter => rule.Chain == OwnChains.Host ? FirewallStage.Input : FirewallStage.Forward,
        IptablesTable.Nat => rule.Chain == OwnChains.Dns ? FirewallStage.DestinationNat : FirewallStage.SourceNat,
        _ => rule.Chain == OwnChains.Mss ? FirewallStage.SegmentSize : FirewallStage.Mark,
    };
}
