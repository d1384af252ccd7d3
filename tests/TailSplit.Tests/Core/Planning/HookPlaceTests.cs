using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Planning;

public sealed class HookPlaceTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("-i eth0 -j DROP", true)]
    [InlineData("-j ts-forward", true)]
    [InlineData("-j RETURNS", true)]
    [InlineData("-i eth0 -j ACCEPT", false)]
    [InlineData("-s 10.0.0.0/8 -j RETURN", false)]
    [InlineData("-g RETURNS", false)]
    [InlineData("-j ACCEPTS", false)]
    public void A_first_jump_is_in_its_position_below_rules_that_let_nothing_pass(string above, bool good)
    {
        SavedRuleset saved = Saved(
            "filter",
            $"{Line("DOCKER-USER", above)}-A DOCKER-USER -j TAILSPLIT-KILLSWITCH\n-A DOCKER-USER -j ACCEPT\n");

        Assert.Equal(good, HookPlace.IsGood(
            saved, Hook(IptablesTable.Filter, "DOCKER-USER", RulePlacement.First), above.Length > 0 ? 1 : 0));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("-j ACCEPT", true)]
    [InlineData("-j CONNMARK --save-mark --nfmask 0xff0000 --ctmask 0xff0000", true)]
    [InlineData("-j CONNMARK --restore-mark --nfmask 0xff0000 --ctmask 0xff0000", false)]
    public void A_last_jump_is_in_its_position_above_rules_that_restore_no_marks(string below, bool good)
    {
        SavedRuleset saved = Saved("mangle", $"-A PREROUTING -j TAILSPLIT-BYPASS\n{Line("PREROUTING", below)}");

        Assert.Equal(good, HookPlace.IsGood(saved, Hook(IptablesTable.Mangle, "PREROUTING", RulePlacement.Last), 0));
    }

    [Fact]
    public void In_mangle_an_accept_above_our_jump_hides_it_from_the_packets_that_it_accepts()
    {
        SavedRuleset saved = Saved("mangle", "-A PREROUTING -i br-0 -j ACCEPT\n-A PREROUTING -j TAILSPLIT-BYPASS\n");

        // The jump goes last, behind everything that is there: that is where it is.
        Assert.True(HookPlace.IsGood(saved, Hook(IptablesTable.Mangle, "PREROUTING", RulePlacement.Last), 1));
    }

    [Fact]
    public void A_jump_in_a_missing_chain_is_not_in_its_position() =>
        Assert.False(
            HookPlace.IsGood(SavedRuleset.Empty, Hook(IptablesTable.Filter, "DOCKER-USER", RulePlacement.First), 0));

    private static string Line(string chain, string rule) => rule.Length > 0 ? $"-A {chain} {rule}\n" : "";

    private static IptablesRule Hook(IptablesTable table, string chain, RulePlacement placement) =>
        new(IpFamily.IPv4, table, chain, new IptablesSpecification { Target = "-j TAILSPLIT-X" }, placement);

    private static SavedRuleset Saved(string table, string rules) => SavedRuleset.Parse(
        $"*{table}\n:DOCKER-USER - [0:0]\n:PREROUTING ACCEPT [0:0]\n:RETURNS - [0:0]\n:ACCEPTS - [0:0]\n-A RETURNS -j RETURN\n-A ACCEPTS -j ACCEPT\n{rules}COMMIT\n");
}
