using TailSplit.Core.Listing;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing.Native;

/// <summary>
/// Chains of nft that packets cross but that are not evaluated: those of bridges and devices, and those of tables whose
/// flags nft does not show.
/// </summary>
internal static class NativeBlindSpots
{
    // Jumps of nft go no deeper (linux/netfilter/nf_tables.h, NFT_JUMP_STACK_SIZE).
    private const int Deepest = 16;

    /// <summary>The chains that could change a packet's way, a line each.</summary>
    public static IEnumerable<string> Of(NativeRuleset ruleset, IpFamily family)
    {
        foreach (NativeTable table in ruleset.Tables.Where(table => table.IsDormant != true))
        {
            foreach (NativeChain chain in table.Chains
                .Where(chain => chain.Hook is not null && MayChange(table, chain, depth: 0)))
            {
                if (table.Family is "bridge" or "netdev" || chain.Hook!.Name is "ingress" or "egress")
                {
                    yield return $"the chain {chain.Name} of the nftables table {table}, " +
                        "at a hook that TailSplit does not follow";
                }
                else if (table.IsDormant is null && table.Concerns(family))
                {
                    yield return $"whether the nftables table {table} is in force: nft does not say what its flags are";
                }
            }
        }
    }

    private static bool MayChange(NativeTable table, NativeChain chain, int depth) =>
        chain.Hook?.Drops == true || depth > Deepest
        || chain.Rules.Any(rule => rule.Statements.Any(statement => statement switch
        {
            NativeMatch or NativeGate or NativePassing or NativeSetUpdate or NativeTranslation => false,
            NativeVerdictStatement { Verdict: { Chain: string next } } =>
                table.Chain(next) is NativeChain target && MayChange(table, target, depth + 1),
            NativeVerdictStatement { Verdict.Kind: var kind } => kind is "drop",
            _ => true,
        }));
}
