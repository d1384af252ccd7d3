using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Output;

/// <summary>A rule as an output object.</summary>
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

    /// <summary>The policy of the rule; null if several share it.</summary>
    public string? Policy { get; }

    public PolicyKind? Kind { get; }

    /// <summary>The address family; null for a rule of both families.</summary>
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
    /// Packets matched; null for an ip rule, which the kernel does not count, and for a rule that was not read back.
    /// </summary>
    public ulong? Packets { get; }

    /// <summary>Bytes of those packets.</summary>
    public ulong? Bytes { get; }

    /// <summary>The exact command that adds the rule, or, if State is Removed or PlannedRemoval, removes it.</summary>
    public string CommandLine => State is RuleState.Removed or RuleState.PlannedRemoval
        ? _rule.RemovalCommandLine
        : _rule.CommandLine;

    public override string ToString() => CommandLine;
}
