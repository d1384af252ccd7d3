using TailSplit.Core.Iptables;
using Xunit;

namespace TailSplit.Tests.Core.Compilation;

public sealed class HookSitesTests
{
    [Theory]
    [InlineData("-A FORWARD -j DOCKER-USER")]
    [InlineData("-A FORWARD -m comment --comment \"by hand\" -j DOCKER-USER")]
    [InlineData("-A FORWARD -j ts-forward\n-A FORWARD -j DOCKER-USER")]
    [InlineData("-A FORWARD -i eth0 -j DROP\n-A FORWARD -j DOCKER-USER")]
    [InlineData("-A FORWARD -j LOG --log-prefix \"x \"\n-A FORWARD -j DOCKER-USER")]
    [InlineData("-A FORWARD -j HARMLESS\n-A FORWARD -j DOCKER-USER")]
    [InlineData("-A FORWARD -m comment --comment tailsplit -j TAILSPLIT-KILLSWITCH\n-A FORWARD -j DOCKER-USER")]
    public void Docker_user_is_reached(string rules) => Assert.Equal(new HookSites(true, true), Sites(rules));

    [Theory]
    [InlineData("")]
    [InlineData("-A FORWARD -i eth0 -j DOCKER-USER")]
    [InlineData("-A FORWARD -g DOCKER-USER")]
    [InlineData("-A FORWARD -i eth0 -j ACCEPT\n-A FORWARD -j DOCKER-USER")]
    [InlineData("-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A FORWARD -j DOCKER-USER")]
    [InlineData("-A FORWARD -j ufw-before-forward\n-A FORWARD -j DOCKER-USER")]
    [InlineData("-A FORWARD -s 10.0.0.0/8 -j RETURN\n-A FORWARD -j DOCKER-USER")]
    [InlineData("-A FORWARD -j UNKNOWN\n-A FORWARD -j DOCKER-USER")]
    [InlineData("-A FORWARD -j NFQUEUE --queue-num 0\n-A FORWARD -j DOCKER-USER")]
    [InlineData("-A FORWARD -g HARMLESS\n-A FORWARD -j DOCKER-USER")]
    public void Docker_user_exists_but_may_not_be_reached(string rules) =>
        Assert.Equal(new HookSites(true, false), Sites(rules));

    [Fact]
    public void A_firewall_without_docker_user_is_seen_to_have_none() =>
        Assert.Equal(
            new HookSites(false, false), HookSites.Of(SavedRuleset.Parse("*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n")));

    [Fact]
    public void A_docker_user_in_another_table_does_not_count() =>
        Assert.Equal(
            new HookSites(false, false), HookSites.Of(SavedRuleset.Parse("*nat\n:DOCKER-USER - [0:0]\nCOMMIT\n")));

    [Fact]
    public void A_firewall_without_rules_has_no_docker_user() =>
        Assert.Equal(new HookSites(false, false), HookSites.Of(SavedRuleset.Empty));

    private static HookSites Sites(string rules) => HookSites.Of(SavedRuleset.Parse(
        "*filter\n:FORWARD ACCEPT [0:0]\n:DOCKER-USER - [0:0]\n:HARMLESS - [0:0]\n:ufw-before-forward - [0:0]\n" +
        "-A HARMLESS -s 10.0.0.0/8 -j RETURN\n-A HARMLESS -j DROP\n-A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n" +
        rules + "\nCOMMIT\n"));
}
