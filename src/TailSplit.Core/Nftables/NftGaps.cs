namespace TailSplit.Core.Nftables;

/// <summary>Reasons why existing nftables rules have no effect.</summary>
internal static class NftGaps
{
    /// <summary>Problems of the chains of a policy besides missing rules.</summary>
    public static IEnumerable<string> OfChains(NftContent live, IEnumerable<NftRule> wanted)
    {
        foreach (IGrouping<string, NftRule> chain in wanted.GroupBy(rule => rule.Chain))
        {
            if (live.Chains.FirstOrDefault(each => each.Chain.Name == chain.Key) is not LiveNftChain found)
                continue;

            if (!found.Accepts)
                yield return $"the policy accept of the chain {chain.Key}";

            if (found.HasForeign)
            {
                yield return $"the chain {chain.Key} without foreign rules: " +
                    string.Join(
                        "; ",
                        found.Rules
                            .Where(rule => !rule.Rule.IsOurs)
                            .Select(rule => $"{rule.Rule.Reference} {NftActionText.Of(rule.Rule.Action)}"));
            }
            else if (!IsInOrder(found, [.. chain]))
            {
                yield return $"the order of the rules in the chain {chain.Key}";
            }
        }
    }

    // In shared chains, rules of other policies may be between those of one policy.
    private static bool IsInOrder(LiveNftChain chain, NftRule[] wanted)
    {
        HashSet<NftRule> ours = [.. wanted];
        NftRule[] found = [.. chain.Rules.Select(rule => rule.Rule).Where(ours.Contains).Distinct()];
        HashSet<NftRule> there = [.. found];
        return found.SequenceEqual(wanted.Where(there.Contains));
    }
}
