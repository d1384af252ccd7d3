using System.Collections.Immutable;

namespace TailSplit.Core.Rules;

/// <summary>A firewall rule of TailSplit's as found in the kernel.</summary>
/// <param name="Rule">The rule as its backend has it.</param>
/// <param name="Meanings">
/// What it means, once for each family that it is about; empty for what only leads to other rules, as a jump does.
/// </param>
/// <param name="Counters">What it has matched; null if the kernel does not count.</param>
public sealed record LiveFirewallRule(Rule Rule, ImmutableArray<FirewallRule> Meanings, RuleCounters? Counters);
