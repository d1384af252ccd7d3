using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;
using Xunit;

namespace TailSplit.Tests.Core.Compilation;

public sealed class TunnelPreferencesTests
{
    private const string Mark = "\"fwmark\":\"0x80000\",\"fwmask\":\"0xff0000\"";

    [Theory]
    [InlineData(5200, 5100)]
    [InlineData(1300, 1200)]
    [InlineData(6000, 5100)]
    [InlineData(5190, 5100)]
    public void Our_rules_come_before_tailscales(int first, int ours)
    {
        RuleEnvironment found = Apply(
            $$"""{"priority":{{first + 10}},{{Mark}},"table":"254"}""",
            $$"""{"priority":{{first + 30}},{{Mark}},"table":"253"}""",
            $$"""{"priority":{{first + 50}},{{Mark}},"action":"7"}""",
            $$"""{"priority":{{first + 70}},"src":"all","table":"52"}""");

        Assert.Equal(ours, found.BasePreference);
        Assert.Equal(52, found.Table);
        Assert.InRange(found.BasePreference + 30, 0, first);
    }

    [Fact]
    public void The_single_inverted_rule_of_unifi_is_found()
    {
        RuleEnvironment found = Apply($$"""{"priority":5270,"not":null,"src":"all",{{Mark}},"table":"52"}""");

        Assert.Equal(TunnelProvider.Tailscale.BasePreference, found.BasePreference);
        Assert.Equal(52, found.Table);
    }

    [Fact]
    public void Another_table_is_found_where_an_inverted_rule_names_it() =>
        Assert.Equal(77, Apply($$"""{"priority":5270,"not":null,"src":"all",{{Mark}},"table":"77"}""").Table);

    [Fact]
    public void Without_tailscales_rules_the_usual_is_assumed() => Assert.Equal(
        RuleEnvironment.Usual,
        Apply(
            """{"priority":0,"src":"all","table":"255"}""",
            """{"priority":100,"src":"10.0.0.0","srclen":8,"table":"100"}""",
            """{"priority":32766,"src":"all","table":"254"}"""));

    [Fact]
    public void Our_own_rules_about_table_52_are_not_tailscales() => Assert.Equal(
        RuleEnvironment.Usual,
        Apply(
            """{"priority":1111,"src":"all","iif":"br-0","table":"52","protocol":"84"}""",
            $$"""{"priority":1112,{{Mark}},"table":"254","protocol":"84"}"""));

    [Theory]
    [InlineData(10)]
    [InlineData(110)]
    public void No_room_before_tailscales_first_rule_is_an_error(int lowest) => Assert.Equal(
        nameof(Failures.NoRoomBelowTailscale),
        Assert.Throws<TailSplitException>(
            () => Apply($$"""{"priority":{{lowest}},{{Mark}},"table":"254"}""")).Failure.Id);

    [Fact]
    public void A_tailscale_preference_of_119_leaves_just_enough_room() =>
        Assert.Equal(9, Apply($$"""{"priority":119,{{Mark}},"table":"254"}""").BasePreference);

    [Fact]
    public void Another_mark_is_not_tailscales_mark() =>
        Assert.Equal(RuleEnvironment.Usual, Apply(
            """{"priority":100,"fwmark":"0x80000","table":"254"}""",
            """{"priority":101,"fwmark":"0x1","table":"52"}"""));

    private static RuleEnvironment Apply(params string[] rules) =>
        TunnelPreferences.Apply(
            RuleEnvironment.Usual, RoutingRuleJson.Parse(IpFamily.IPv4, $"[{string.Join(',', rules)}]"));
}
