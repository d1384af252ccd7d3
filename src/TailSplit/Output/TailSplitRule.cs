using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Output;

/// <summary>A rule as the pipeline carries it.</summary>
public sealed class TailSplitRule
{
    private readonly Rule _rule;

    internal TailSplitRule(OwnedRule rule, RuleState state, RuleCounters? counters = null)
    {
        _rule = rule.Rule;
        Policy = rule.Owner?.Name.ToString();
        Kind = rule.Owner?.Kind;
        Family = rule.Rule.Family;
        Layer = rule.Rule.Layer;
        Table = rule.Rule.TableName;
        Chain = rule.Rule.ChainName;
        Preference = (rule.Rule as RoutingRule)?.Preference;
        State = state;
        Packets = counters?.Packets;
        Bytes = counters?.Bytes;
    }

    /// <summary>The policy that it stands for; null where several share it.</summary>
    public string? Policy { get; }

    public PolicyKind? Kind { get; }

    /// <summary>The address family; null for one rule that is about both.</summary>
    public IpFamily? Family { get; }

    public RuleLayer Layer { get; }

    /// <summary>filter, nat or mangle; <c>inet tailsplit</c> with nftables; null for an ip rule.</summary>
    public string? Table { get; }

    /// <summary>The chain; null for an ip rule.</summary>
    public string? Chain { get; }

    /// <summary>The preference of an ip rule; null in the firewall.</summary>
    public int? Preference { get; }

    public RuleState State { get; }

    /// <summary>
    /// Packets matched; null for what the kernel does not count, as an ip rule, and for a rule not read back.
    /// </summary>
    public ulong? Packets { get; }

    /// <summary>Bytes of those packets.</summary>
    public ulong? Bytes { get; }

    /// <summary>
    /// The exact command for the rule: the one that adds it, or, if State is Removed or PlannedRemoval, the one that
    /// removes it.
    /// </summary>
    public string CommandLine => State is RuleState.Removed or RuleState.PlannedRemoval
        ? _rule.RemovalCommandLine
        : _rule.CommandLine;

    public override string ToString() => CommandLine;
}
