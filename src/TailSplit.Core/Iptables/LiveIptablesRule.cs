using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>A rule of iptables as found in the kernel.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Index">Its place in its chain, from 0.</param>
/// <param name="Counters">What it has matched.</param>
public sealed record LiveIptablesRule(IptablesRule Rule, int Index, RuleCounters Counters);
