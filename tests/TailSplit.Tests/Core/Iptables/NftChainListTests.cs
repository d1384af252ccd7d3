using TailSplit.Core.Iptables;
using Xunit;

namespace TailSplit.Tests.Core.Iptables;

/// <summary>Captured from nft 1.0.6.</summary>
public sealed class NftChainListTests
{
    private const string Others = """
        table ip nat {
        	chain DOCKER {
        	}
        	chain PREROUTING {
        		type nat hook prerouting priority dstnat; policy accept;
        	}
        }
        table inet tailsplit {
        	chain TSK-torrents {
        	}
        	chain forward {
        		type filter hook forward priority -10; policy accept;
        	}
        }

        """;

    [Fact]
    public void The_chains_of_the_own_table_are_not_iptables_chains() => Assert.False(NftChainList.HasOwnOfIptables(Others));

    [Theory]
    [InlineData("ip", "TAILSPLIT-KILLSWITCH")]
    [InlineData("ip6", "TSB-media")]
    public void A_chain_of_tailsplit_in_a_table_of_iptables_is_found(string family, string chain) => Assert.True(
        NftChainList.HasOwnOfIptables($"{Others}table {family} filter {{\n\tchain FORWARD {{\n\t}}\n\tchain {chain} {{\n\t}}\n}}\n"));
}
