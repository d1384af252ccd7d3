using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Compilation;

public sealed class BasePreferenceTests
{
    private static readonly Policy[] s_policies =
    [
        Samples.Killswitch("torrents", Samples.Target("br-t", "172.19.0.0/16", "fd00:19::/64")),
        Samples.Killswitch("open", Samples.Target(null, "172.21.0.0/16")),
        Samples.Bypass("media", Samples.Target("br-m", "172.18.0.0/16")),
    ];

    [Theory]
    [InlineData(5100)]
    [InlineData(1200)]
    [InlineData(9)]
    [InlineData(2480)]
    public void The_base_is_read_back_from_the_rules_of_any_policies(int place)
    {
        RuleEnvironment environment = RuleEnvironment.Usual with { BasePreference = place };
        foreach (Policy policy in s_policies)
            Assert.Equal(place, BasePreference.Of(RulesOf([policy], environment)));

        Assert.Equal(place, BasePreference.Of(RulesOf(s_policies, environment)));
    }

    [Fact]
    public void Rules_at_two_preferences_state_no_base() => Assert.Null(BasePreference.Of(
        RulesOf(s_policies, RuleEnvironment.Usual)
            .Concat(RulesOf(s_policies, RuleEnvironment.Usual with { BasePreference = 2480 }))));

    [Fact]
    public void Without_rules_there_is_no_base() => Assert.Null(BasePreference.Of([]));

    [Theory]
    [InlineData(2500, 2490)]
    [InlineData(5093, 5090)]
    [InlineData(4000, 3990)]
    [InlineData(1350, 1290)]
    [InlineData(22, 20)]
    [InlineData(12, 10)]
    [InlineData(11, null)]
    [InlineData(0, null)]
    public void The_place_below_a_rule_has_room_for_all_of_ours_and_keeps_out_of_tailscales(int preference, int? expected) =>
        Assert.Equal(expected, BasePreference.Below(preference));

    [Theory]
    [InlineData(8, false)]
    [InlineData(9, true)]
    [InlineData(2480, true)]
    [InlineData(1298, true)]
    [InlineData(1299, false)]
    [InlineData(1407, false)]
    [InlineData(1408, true)]
    [InlineData(5100, true)]
    [InlineData(5101, false)]
    public void A_place_is_refused_where_there_is_no_room(int place, bool taken) =>
        Assert.Equal(taken, BasePreference.Refusal(place, 5100) is null);

    private static IEnumerable<RoutingRule> RulesOf(IEnumerable<Policy> policies, RuleEnvironment environment) =>
        RuleCompiler.Compile(policies, environment, _ => HookSites.Usual).Select(rule => rule.Rule).OfType<RoutingRule>();
}
