using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>Writes firewall rules as rules of iptables and ip6tables.</summary>
internal static class IptablesRenderer
{
    public static IptablesRule Render(FirewallRule rule) => new(
        rule.Family, TableOf(rule.Stage), ChainOf(rule),
        new IptablesSpecification
        {
            Source = rule.Match.Source,
            Destination = rule.Match.Destination,
            In = rule.Match.In,
            Out = rule.Match.Out,
            Matches = IptablesMatches.Write(rule.Match),
            Comment = CommentOf(rule),
            Target = IptablesTargets.Write(rule),
        });

    /// <summary>The chain of a stage's rules that all its packets meet.</summary>
    public static string EntryChainOf(FirewallStage stage) => stage switch
    {
        FirewallStage.Forward => OwnChains.Killswitch,
        FirewallStage.Input => OwnChains.Host,
        FirewallStage.SourceNat => OwnChains.Nat,
        FirewallStage.DestinationNat => OwnChains.Dns,
        FirewallStage.Mark => OwnChains.Bypass,
        FirewallStage.SegmentSize => OwnChains.Mss,
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };

    public static IptablesTable TableOf(FirewallStage stage) => stage switch
    {
        FirewallStage.Forward or FirewallStage.Input => IptablesTable.Filter,
        FirewallStage.SourceNat or FirewallStage.DestinationNat => IptablesTable.Nat,
        _ => IptablesTable.Mangle,
    };

    private static string ChainOf(FirewallRule rule) => rule is { IsInPolicyChain: true, Owner: RuleOwner owner }
        ? OwnChains.Of(owner.Kind, owner.Name)
        : EntryChainOf(rule.Stage);

    // The rules by which packets enter a policy, and those of NAT, have the whole comment.
    private static string CommentOf(FirewallRule rule) => rule switch
    {
        { Owner: null } => RuleOwner.SharedComment,
        { IsInPolicyChain: true } or { Stage: FirewallStage.Input or FirewallStage.SegmentSize } =>
            rule.Owner.Brief.ToString(),
        _ => rule.Owner.ToString(),
    };
}
