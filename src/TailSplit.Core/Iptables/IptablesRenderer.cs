using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>Writes firewall rules as rules of iptables and ip6tables.</summary>
internal static class IptablesRenderer
{
    /// <summary>
    /// Writes the rules of a policy. Before those of its bridge comes the rule that leads to their chain: packets of
    /// other bridges meet that one rule instead of all of them.
    /// </summary>
    public static IEnumerable<IptablesRule> Render(IEnumerable<FirewallRule> rules)
    {
        HashSet<string> led = [];
        foreach (FirewallRule rule in rules)
        {
            IptablesRule written = Render(rule);
            if (OwnChains.IsOfBridge(written.Chain) && led.Add(written.Chain))
                yield return Entrance(rule, written.Chain);

            yield return written;
        }
    }

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

    private static IptablesRule Entrance(FirewallRule rule, string chain) => new(
        rule.Family, TableOf(rule.Stage), EntryChainOf(rule.Stage),
        new IptablesSpecification
        {
            In = rule.Match.In,
            Comment = CommentOf(rule),
            Target = IptablesTargets.Goto(chain),
        });

    private static string ChainOf(FirewallRule rule) => rule switch
    {
        { IsInPolicyChain: true, Owner: RuleOwner owner } => OwnChains.Of(owner.Kind, owner.Name),
        { Stage: FirewallStage.Forward, Match.In: not null, Owner: RuleOwner owner } =>
            OwnChains.OfBridge(owner.Kind, owner.Name),
        _ => EntryChainOf(rule.Stage),
    };

    // The rules by which packets enter a policy, and those of NAT, have the whole comment.
    private static string CommentOf(FirewallRule rule) => rule switch
    {
        { Owner: null } => RuleOwner.SharedComment,
        { IsInPolicyChain: true } or { Stage: FirewallStage.Input or FirewallStage.SegmentSize } =>
            rule.Owner.Brief.ToString(),
        _ => rule.Owner.ToString(),
    };
}
