using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>The place of a rule in its chain.</summary>
public enum RulePlacement
{
    /// <summary>After all others.</summary>
    Last,

    /// <summary>Before all others.</summary>
    First,
}

/// <summary>One rule of iptables or ip6tables.</summary>
public sealed record IptablesRule(
    IpFamily Family, IptablesTable Table, string Chain, IptablesSpecification Specification,
    RulePlacement Placement = RulePlacement.Last) : Rule(Family)
{
    public new IpFamily Family { get; init; } = Family;

    public override RuleLayer Layer => RuleLayer.Firewall;

    public override string TableName => Table.NameOf();

    public override string ChainName => Chain;

    public override Rule Identity =>
        Placement == RulePlacement.Last && Specification.Comment != RuleOwner.CreatedChainComment
        ? this
        : this with { Placement = RulePlacement.Last, Specification = HookComment.Neutral(Specification) };

    public override RuleOwner? Owner => Specification.Owner;

    /// <summary>The rule as iptables-restore takes it: <c>-A CHAIN ...</c> or <c>-I CHAIN 1 ...</c>.</summary>
    public string RestoreLine =>
        Placement == RulePlacement.First ? $"-I {Chain} 1 {Specification}" : $"-A {Chain} {Specification}";

    public override string CommandLine => $"{Family.Iptables()} -t {Table.NameOf()} {RestoreLine}";

    public override string RemovalCommandLine =>
        $"{Family.Iptables()} -t {Table.NameOf()} -D {Chain} {Specification}";
}
