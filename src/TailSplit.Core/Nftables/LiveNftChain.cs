using System.Collections.Immutable;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>A rule in a chain of TailSplit's, as the kernel has it. Another program may have added it.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Counters">What it has counted; null where it does not count.</param>
internal sealed record LiveNftRule(NftRule Rule, RuleCounters? Counters);

/// <summary>A chain of TailSplit's as the kernel has it.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Rules">Its rules in their order, those of others too.</param>
/// <param name="Accepts">Whether what no rule decides about goes on, as with every chain that TailSplit makes.</param>
internal sealed record LiveNftChain(NftChain Chain, ImmutableArray<LiveNftRule> Rules, bool Accepts)
{
    public bool HasForeign => Rules.Any(rule => !rule.Rule.IsOurs);
}

/// <summary>A map of TailSplit's as the kernel has it.</summary>
/// <param name="Map">The map.</param>
/// <param name="Elements">The elements that lead to chains of policies.</param>
/// <param name="HasForeign">Whether another program has added an element.</param>
internal sealed record LiveNftMap(NftMap Map, ImmutableArray<NftElement> Elements, bool HasForeign);
