using System.Collections.Immutable;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using Xunit;

namespace TailSplit.Tests.Core.Text;

public sealed class RoutingRuleJsonTests
{
    // As iproute2 6.1 printed them with -N -j.
    private const string Captured = """
        [{"priority":0,"src":"all","table":"255"},
         {"priority":5110,"src":"all","iif":"br-0123456789ab","table":"254","suppress_prefixlen":0,"protocol":"84"},
         {"priority":5111,"src":"all","dst":"10.0.0.0","dstlen":8,"iif":"br-none","iif_detached":null,"table":"52","protocol":"84"},
         {"priority":5112,"src":"all","fwmark":"0","fwmask":"0xff0000","iif":"br-none","iif_detached":null,"table":"254","protocol":"84"},
         {"priority":5122,"src":"all","iif":"br-none","iif_detached":null,"action":"8","protocol":"84"},
         {"priority":5124,"src":"10.1.0.1","dst":"10.2.0.1","table":"52","protocol":"84"},
         {"priority":5210,"src":"all","fwmark":"0x80000","fwmask":"0xff0000","table":"254"},
         {"priority":5250,"src":"all","fwmark":"0x80000","fwmask":"0xff0000","action":"7"},
         {"priority":5271,"not":null,"src":"all","fwmark":"0x80000","fwmask":"0xff0000","table":"52"},
         {"priority":5272,"src":"all","fwmark":"0x80000","table":"52"},
         {"priority":5300,"src":"all","goto":5400},
         {"priority":5400,"src":"all","nop":null},
         {"priority":32766,"src":"all","table":"254"}]
        """;

    [Fact]
    public void Our_rules_are_read_whole()
    {
        ImmutableArray<LiveRoutingRule> rules = RoutingRuleJson.Parse(IpFamily.IPv4, Captured);

        Assert.Equal(
            [
                "pref 5110 iif br-0123456789ab lookup main suppress_prefixlength 0 protocol 84",
                "pref 5111 to 10.0.0.0/8 iif br-none lookup 52 protocol 84",
                "pref 5112 iif br-none fwmark 0/0xff0000 lookup main protocol 84",
                "pref 5122 iif br-none prohibit protocol 84",
                "pref 5124 from 10.1.0.1/32 to 10.2.0.1/32 lookup 52 protocol 84",
            ],
            rules.Select(rule => rule.Own).OfType<RoutingRule>().Select(rule => rule.Selector));
    }

    [Fact]
    public void Foreign_rules_are_read_as_far_as_they_matter()
    {
        ImmutableArray<LiveRoutingRule> rules =
            [.. RoutingRuleJson.Parse(IpFamily.IPv4, Captured).Where(rule => rule.Own is null)];

        Assert.Equal([0, 5210, 5250, 5271, 5272, 5300, 5400, 32766], rules.Select(rule => rule.Preference));
        Assert.Equal(TunnelProvider.Tailscale.EscapeMark, rules[1].FwMark);
        Assert.Equal(254, rules[1].Table);
        Assert.True(rules[3].Inverted);
        Assert.Equal(new FwMark(0x80000, uint.MaxValue), rules[4].FwMark);
    }

    // As iproute2 6.1 printed them of "pref 4000000000" and "lookup 4294967290".
    [Fact]
    public void Preferences_and_tables_of_32_bits_are_read()
    {
        ImmutableArray<LiveRoutingRule> rules = RoutingRuleJson.Parse(
            IpFamily.IPv4,
            """
            [{"priority":100,"src":"all","dst":"1.2.3.4","table":"4294967290"},
             {"priority":200,"src":"all","goto":4000000000},
             {"priority":4000000000,"src":"all","table":"254"}]
            """);

        Assert.Equal([100, 200, int.MaxValue], rules.Select(rule => rule.Preference));
        LiveRoute route = Assert.Single(LiveRouteJson.Parse(
            IpFamily.IPv4, """[{"dst":"1.2.3.4","dev":"eth0","table":"4294967290","flags":[]}]"""));
        Assert.Equal(route.Table, rules[0].Table);
        Assert.Equal("4294967290", KernelTable.NameOf(route.Table));
    }

    [Theory]
    [InlineData("main", 254)]
    [InlineData("default", 253)]
    [InlineData("local", 255)]
    [InlineData("52", 52)]
    [InlineData("some-name", 0)]
    public void Tables_can_have_names_where_the_tool_is_old(string name, int table) => Assert.Equal(
        table, Assert.Single(
            RoutingRuleJson.Parse(IpFamily.IPv4, $$"""[{"priority":1,"src":"all","table":"{{name}}"}]""")).Table);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData(" \n")]
    public void Empty_output_has_no_rule(string json) => Assert.Empty(RoutingRuleJson.Parse(IpFamily.IPv6, json));
}
