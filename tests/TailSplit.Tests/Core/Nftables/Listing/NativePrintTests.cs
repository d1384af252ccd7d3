using TailSplit.Core.Listing;
using TailSplit.Tests.Core.Goldens;
using TailSplit.Tests.Core.Tracing.Native;
using Xunit;

namespace TailSplit.Tests.Core.Nftables.Listing;

/// <summary>
/// Rules of nft as a trace prints them. nft reads each of Golden/nft/printed.txt as the rule that it was captured from,
/// but for those with JSON in them, which are not understood.
/// </summary>
public sealed class NativePrintTests
{
    [Fact]
    public void A_rule_is_printed_as_nft_reads_it()
    {
        IEnumerable<string> lines =
            from table in NativeRuleset.Parse(NativeCaptures.Read("expressions.json")).Tables
            from chain in table.Chains
            from rule in chain.Rules
            select $"{table} {chain.Name} {rule}\n";

        GoldenFile.Check("nft/printed.txt", string.Concat(lines));
    }
}
