namespace TailSplit.Core.Nftables;

/// <summary>What keeps rules of nf_tables that are there from doing what they are for.</summary>
internal static class NftGaps
{
    /// <summary>What is wrong with the chains of a policy, beyond rules that are missing.</summary>
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
                yield return $"the chain {chain.Key} without rules that are not ours: " +
                    string.Join("; ", found.Rules.Where(rule => !rule.Rule.IsOurs).Select(rule => $"{rule.Rule.Reference} {NftActionText.Of(rule.Rule.Action)}"));
            }
            else if (!IsInOrder(found, [.. chain]))
            {
                yield return $"the order of the rules in the chain {chain.Key}";
            }
        }
    }

    // Between the rules of one policy there may be those of others, in chains that policies share.
    private static bool IsInOrder(LiveNftChain chain, NftRule[] wanted)
    {
        HashSet<NftRule> ours = [.. wanted];
        NftRule[] found = [.. chain.Rules.Select(rule => rule.Rule).Where(ours.Contains).Distinct()];
        HashSet<NftRule> there = [.. found];
        return found.SequenceEqual(wanted.Where(there.Contains));
    }
}
