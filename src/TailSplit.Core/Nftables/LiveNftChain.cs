using System.Collections.Immutable;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>A live rule in a chain of TailSplit. Another program may have added it.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Counters">What it has counted; null if it does not count.</param>
internal sealed record LiveNftRule(NftRule Rule, RuleCounters? Counters);

/// <summary>A live chain of TailSplit.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Rules">Its rules in their order, those of others too.</param>
/// <param name="Accepts">Whether its policy is accept, as in every chain that TailSplit creates.</param>
internal sealed record LiveNftChain(NftChain Chain, ImmutableArray<LiveNftRule> Rules, bool Accepts)
{
    public bool HasForeign => Rules.Any(rule => !rule.Rule.IsOurs);
}

/// <summary>A live map of TailSplit.</summary>
/// <param name="Map">The map.</param>
/// <param name="Elements">The elements that lead to chains of policies.</param>
/// <param name="HasForeign">Whether another program has added an element.</param>
internal sealed record LiveNftMap(NftMap Map, ImmutableArray<NftElement> Elements, bool HasForeign);
