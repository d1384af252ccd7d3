using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using Xunit;

namespace TailSplit.Tests.Core.Compilation;

/// <summary>What the ip rules of a network say about its policy, and what they leave open.</summary>
public sealed class PolicyInForceTests
{
    private static readonly DockerNetwork s_network = new()
    {
        Name = "media",
        Id = new string('a', 64),
        Driver = "bridge",
        Bridge = "br-media",
        Subnet = ["172.18.0.0/16", "fd00:18::/64"],
    };

    private static readonly InterfaceName s_bridge = InterfaceName.Parse("br-media");

    [Fact]
    public void A_killswitch_is_known_by_the_rule_that_refuses_everything() => Assert.Equal(
        PolicyKind.Killswitch, Show(Rule(RoutingAction.Blackhole)).PolicyKind);

    [Fact]
    public void A_bypass_is_known_by_the_rule_that_looks_main_up_for_everything() => Assert.Equal(
        PolicyKind.Bypass, Show(Rule(RoutingAction.Lookup) with { Table = RoutingRule.MainTable }).PolicyKind);

    [Fact]
    public void A_refusal_of_port_53_alone_is_not_a_killswitch()
    {
        DockerNetwork shown = Show(Rule(RoutingAction.Prohibit) with { IpProtocol = 17, DestinationPort = 53 });

        Assert.Null(shown.PolicyKind);
        Assert.Contains("are missing", shown.PolicyUnknown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_both_kinds_have_leaves_the_policy_unknown()
    {
        DockerNetwork shown = Show(
            Rule(RoutingAction.Lookup) with { To = Cidr.Parse("172.18.0.0/16"), Table = RoutingRule.MainTable });

        Assert.Null(shown.PolicyKind);
        Assert.NotNull(shown.PolicyUnknown);
    }

    [Fact]
    public void A_policy_for_one_of_two_subnets_leaves_the_policy_unknown()
    {
        DockerNetwork shown = Show(new RoutingRule(IpFamily.IPv4, 5098)
        {
            From = Cidr.Parse("172.18.0.0/16"),
            Action = RoutingAction.Prohibit,
        });

        Assert.Null(shown.PolicyKind);
        Assert.Equal("the policy does not match its subnet fd00:18::/64", shown.PolicyUnknown);
    }

    [Fact]
    public void Rules_for_another_bridge_say_nothing_about_the_network()
    {
        DockerNetwork shown = Show(Rule(RoutingAction.Blackhole) with { Iif = InterfaceName.Parse("br-other") });

        Assert.Null(shown.PolicyKind);
        Assert.Null(shown.PolicyUnknown);
    }

    [Fact]
    public void Without_rules_the_reason_why_some_could_not_be_read_is_kept() => Assert.Equal(
        "why", PolicyInForce.Show(s_network, [], "why").PolicyUnknown);

    [Fact]
    public void The_networks_of_another_hosts_daemon_have_no_policy_here()
    {
        DockerNetwork foreign = s_network with { ForeignDaemon = "it is remote" };

        Assert.Null(PolicyInForce.Show(foreign, [Rule(RoutingAction.Blackhole)], null).PolicyKind);
    }

    private static RoutingRule Rule(RoutingAction action) => new(IpFamily.IPv4, 5099) { Iif = s_bridge, Action = action };

    private static DockerNetwork Show(params RoutingRule[] rules) => PolicyInForce.Show(s_network, rules, unread: null);
}
