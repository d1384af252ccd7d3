using TailSplit.Core.Iptables;
using Xunit;

namespace TailSplit.Tests.Core.Iptables;

public sealed class ClampRefusalTests
{
    private const string Text = """
        *filter
        :TAILSPLIT-KILLSWITCH - [0:0]
        -A TAILSPLIT-KILLSWITCH -i br-torrents -j DROP
        COMMIT
        *mangle
        :TAILSPLIT-MSS - [0:0]
        -A TAILSPLIT-MSS -o tailscale0 -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
        COMMIT
        """;

    // As iptables 1.8.9 ends for a target without its module, and without its library.
    [Theory]
    [InlineData("Warning: Extension TCPMSS revision 0 not supported, missing kernel module?\niptables-restore: line 8 failed")]
    [InlineData("iptables-nft-restore v1.8.9 (nf_tables): \nline 7: RULE_APPEND failed (No such file or directory): rule in chain TAILSPLIT-MSS")]
    [InlineData("iptables-restore v1.8.9 (legacy): unknown option \"--clamp-mss-to-pmtu\"\nError occurred at line: 7")]
    [InlineData("iptables-restore v1.6.1: Couldn't load target `TCPMSS':No such file or directory\n\nError occurred at line: 7")]
    [InlineData("ip6tables-restore v1.8.9 (legacy): ip6tables-restore: unable to initialize table 'mangle'\n\nError occurred at line: 5")]
    [InlineData("iptables-restore: line 8 failed")]
    public void What_the_kernel_refuses_of_the_clamp_is_told_from_its_words_or_its_line(string complaint) =>
        Assert.True(ClampRefusal.Is(Text, complaint));

    [Theory]
    [InlineData("iptables-restore: line 4 failed")]
    [InlineData("iptables-restore: line 7 failed: Resource temporarily unavailable")]
    [InlineData("line 3: RULE_APPEND failed (No such file or directory): rule in chain TAILSPLIT-KILLSWITCH")]
    [InlineData("Another app is currently holding the xtables lock.")]
    [InlineData("out of memory")]
    [InlineData("")]
    public void Another_error_is_not_a_refusal_of_the_clamp(string complaint) =>
        Assert.False(ClampRefusal.Is(Text, complaint));

    [Fact]
    public void A_text_that_takes_the_clamp_away_is_not_refused_because_of_it() =>
        Assert.False(ClampRefusal.Is(
            "*mangle\n-F TAILSPLIT-MSS\n-X TAILSPLIT-MSS\nCOMMIT\n", "iptables-restore: line 3 failed"));
}
