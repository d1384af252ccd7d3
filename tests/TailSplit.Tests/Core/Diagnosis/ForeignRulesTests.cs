using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis;

/// <summary>ip rules of others before a policy's own: whose they are, what they take, and that they stay.</summary>
public sealed class ForeignRulesTests
{
    private const string Lan = """{"priority":2500,"src":"all","dst":"192.168.1.0","dstlen":24,"table":"254"}""";
    private const string Workaround = """{"priority":5084,"src":"all","dst":"172.16.0.0","dstlen":12,"table":"254"}""";
    private const string NoDefault = """{"priority":5083,"src":"all","table":"254","suppress_prefixlen":0}""";
    private const string WgQuick = """{"priority":5084,"not":null,"src":"all","fwmark":"0xca6c","table":"51820"}""";
    private const string Mullvad =
        """{"priority":5084,"not":null,"src":"all","fwmark":"0x6d6f6c65","table":"1836018789"}""";
    private const string NordVpn = """{"priority":5084,"not":null,"src":"all","fwmark":"0xe1f1","table":"205"}""";

    [Theory]
    [InlineData(Lan, "Tailscale's documented rule")]
    [InlineData(Workaround, "the usual rule for local networks")]
    [InlineData(NoDefault, "an unknown program")]
    public void A_rule_about_local_places_leaves_one_layer_of_a_killswitch(string rule, string owner)
    {
        Host host = Snapshots.Healthy().WithRule(IpFamily.IPv4, rule);

        Assert.Equal(["ForeignRules Warn torrents"], host.Troubles());
        Assert.Contains("only the firewall refuses them", host.Result("ForeignRules", "torrents").Detail, StringComparison.Ordinal);
        Assert.Contains(owner, host.Result("ForeignRules", "torrents").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_remedy_puts_our_own_rules_in_front_of_the_lan_rule() => Assert.Equal(
        "New-TailSplitKillswitch torrents -RulePreference 2490 -Force",
        Snapshots.Healthy().WithRule(IpFamily.IPv4, Lan).Result("ForeignRules", "torrents").Remedy);

    [Theory]
    [InlineData(WgQuick, "WireGuard")]
    [InlineData(Mullvad, "Mullvad")]
    [InlineData(NordVpn, "NordVPN")]
    public void Another_vpn_is_named_and_whether_to_go_past_it_is_the_users_choice(string rule, string name)
    {
        Host host = Snapshots.Healthy().WithRule(IpFamily.IPv4, NoDefault).WithRule(IpFamily.IPv4, rule);

        Assert.Equal(["ForeignRules Fail media", "ForeignRules Fail torrents"], host.Troubles());
        CheckResult killswitch = host.Result("ForeignRules", "torrents");
        Assert.Contains(name, killswitch.Detail, StringComparison.Ordinal);
        Assert.Contains("which only you can decide", killswitch.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown", killswitch.Detail, StringComparison.Ordinal);
        Assert.Equal("New-TailSplitKillswitch torrents -RulePreference 5080 -Force", killswitch.Remedy);
    }

    [Fact]
    public void A_bypass_by_mark_keeps_its_mechanism_in_front_of_a_vpn() => Assert.Equal(
        "New-TailSplitBypass media -RulePreference 5080 -Force",
        Snapshots.Healthy().WithRule(IpFamily.IPv4, WgQuick).Result("ForeignRules", "media").Remedy);

    [Theory]
    [InlineData(5100, "ForeignRules Fail media")]
    [InlineData(5102)]
    [InlineData(5150)]
    public void A_bypass_has_decided_before_a_rule_that_comes_later(int preference, params string[] troubles) =>
        Assert.Equal(troubles, Snapshots.Healthy().WithRule(
            IpFamily.IPv4, $$"""{"priority":{{preference}},"src":"172.18.0.0","srclen":16,"table":"100"}""").Troubles());

    [Theory]
    [InlineData(95824)]
    [InlineData(95831)]
    public void A_rule_among_a_policys_own_decides_and_another_place_moves_them(int preference)
    {
        Host host = Snapshots.Healthy().WithRule(
            IpFamily.IPv4, $$"""{"priority":{{preference}},"src":"172.19.0.0","srclen":16,"table":"100"}""");

        Assert.Equal(["ForeignRules Fail torrents"], host.Troubles());
        Assert.Equal(
            "New-TailSplitKillswitch torrents -RulePreference 5090 -Force",
            host.Result("ForeignRules", "torrents").Remedy);
    }

    [Theory]
    [InlineData(32766, "ForeignRules Fail torrents")]
    [InlineData(4500)]
    public void A_goto_of_somebody_else_decides_if_it_leads_past_ours(int target, params string[] troubles) =>
        Assert.Equal(troubles, Snapshots.Healthy().WithRule(
            IpFamily.IPv4, $$"""{"priority":4000,"src":"172.19.0.0","srclen":16,"goto":{{target}}}""").Troubles());

    [Fact]
    public void One_place_is_before_the_rules_that_are_in_the_way_of_all_policies()
    {
        Host host = Snapshots.Healthy().WithRule(IpFamily.IPv4, Lan).WithRule(
            IpFamily.IPv6, """{"priority":4000,"src":"all","iif":"BRIDGE","table":"100"}""".Replace(
                "BRIDGE", Fakes.UsualHost.Media.Bridge, StringComparison.Ordinal));

        Assert.Contains("-RulePreference 2490 ", host.Result("ForeignRules", "media").Remedy, StringComparison.Ordinal);
        Assert.Contains("-RulePreference 2490 ", host.Result("ForeignRules", "torrents").Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_room_in_front_there_is_an_explanation_and_no_command()
    {
        CheckResult result = Snapshots.Healthy().WithRule(
            IpFamily.IPv4, """{"priority":9,"src":"all","dst":"192.168.1.0","dstlen":24,"table":"254"}""")
            .Result("ForeignRules", "torrents");

        Assert.Equal((CheckStatus.Warn, null), (result.Status, result.Remedy));
        Assert.Contains("no preference is free", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"priority":4000,"src":"all","dst":"100.64.0.0","dstlen":10,"table":"254"}""")]
    [InlineData("""{"priority":4000,"src":"all","dst":"0.0.0.0","dstlen":1,"table":"254"}""")]
    public void A_rule_about_the_tailnet_or_half_the_internet_fails(string rule) => Assert.Equal(
        ["ForeignRules Fail torrents"], Snapshots.Healthy().WithRule(IpFamily.IPv4, rule).Troubles());

    [Fact]
    public void Main_without_its_default_route_decides_about_the_internet_where_it_has_two_halves_of_it()
    {
        Host host = Snapshots.Healthy(host =>
        {
            host.Routes.AddRoute(IpFamily.IPv4, 254, "0.0.0.0/1", "tun0");
            host.Routes.AddRoute(IpFamily.IPv4, 254, "128.0.0.0/1", "tun0");
        }).WithRule(IpFamily.IPv4, NoDefault);

        Assert.Contains("ForeignRules Fail torrents", host.Troubles());
    }

    [Fact]
    public void What_a_killswitch_allows_may_be_decided_by_another_rule_the_same_way() => Assert.Empty(
        Snapshots.Of("New-TailSplitKillswitch torrents -AllowDestination 192.168.1.0/24")
            .WithRule(IpFamily.IPv4, Lan).Troubles());
}
