using TailSplit.Core;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.ModelKernel;
using Xunit;

namespace TailSplit.Tests.Core.Planning;

/// <summary>
/// The kernel is the state: whatever PolicyValidator.Check lets through must be read back equal, or asking for the same
/// again ends in PolicyExists instead of Unchanged.
/// </summary>
public sealed class ReadableOptionTests
{
    private static readonly PolicyTarget s_network = Samples.Network("media", "br-0123456789ab", "172.18.0.0/16");

    private static readonly PolicyTarget s_byHand = Samples.Target(null, "172.18.0.0/16");

    private static readonly PolicyTarget s_bridgeAlone = Samples.Target("br-0123456789ab");

    [Fact]
    public void A_destination_of_the_other_family_on_a_subnet_by_hand_is_read_back() =>
        AssertUnchanged(
            Samples.Killswitch("media", s_byHand)
                with
            { AllowDestination = Samples.Cidrs("192.168.1.0/24", "fd12::/48") });

    [Fact]
    public void An_exclusion_of_the_other_family_on_a_subnet_by_hand_is_read_back() =>
        AssertUnchanged(
            Samples.Bypass("media", s_byHand) with { Exclude = Samples.Cidrs("203.0.113.0/24", "2001:db8::/32") });

    [Fact]
    public void An_allowed_destination_that_is_the_networks_own_subnet_is_read_back() =>
        AssertUnchanged(
            Samples.Killswitch("media", s_network) with { AllowDestination = Samples.Cidrs("172.18.0.0/16") });

    [Fact]
    public void An_exclusion_that_is_always_excluded_is_read_back() =>
        AssertUnchanged(Samples.Bypass("media", s_network) with { Exclude = Samples.Cidrs("100.64.0.0/10") });

    [Fact]
    public void An_allowed_destination_inside_the_tailnet_is_read_back() =>
        AssertUnchanged(
            Samples.Killswitch("media", s_network) with { AllowDestination = Samples.Cidrs("100.100.100.100") });

    [Fact]
    public void Options_of_ipv6_on_a_kernel_without_it_are_read_back() => AssertUnchanged(
        Samples.Killswitch("media", s_network) with { AllowDestination = Samples.Cidrs("192.168.1.0/24", "fd12::/48") },
        RuleEnvironment.Usual with { HasIPv6 = false });

    [Fact]
    public void A_subnet_of_ipv6_on_a_kernel_without_it_is_read_back() => AssertUnchanged(
        Samples.Killswitch("media", Samples.Target("br-0123456789ab", "172.18.0.0/16", "fd00:18::/64")),
        RuleEnvironment.Usual with { HasIPv6 = false });

    [Fact]
    public void A_killswitch_for_a_bridge_alone_is_read_back() =>
        AssertUnchanged(Samples.Killswitch("media", s_bridgeAlone));

    [Fact]
    public void A_rejecting_killswitch_for_a_bridge_alone_is_read_back() =>
        AssertUnchanged(Samples.Killswitch("media", s_bridgeAlone) with { Action = BlockAction.Reject });

    [Fact]
    public void A_rejecting_killswitch_for_an_ipv6_subnet_and_its_bridge_is_read_back() => AssertUnchanged(
        Samples.Killswitch("media", Samples.Target("br-0123456789ab", "fd00:18::/64"))
            with
        { Action = BlockAction.Reject });

    [Fact]
    public void A_bypass_for_a_bridge_alone_is_read_back() => AssertUnchanged(Samples.Bypass("media", s_bridgeAlone));

    [Fact]
    public void A_bypass_by_route_for_a_bridge_alone_is_read_back() =>
        AssertUnchanged(Samples.Bypass("media", s_bridgeAlone) with { Mechanism = Mechanism.Route });

    [Fact]
    public void The_tunnel_of_a_bypass_for_a_bridge_alone_is_read_back() =>
        AssertUnchanged(Samples.Bypass("media", s_bridgeAlone) with { Tunnel = InterfaceName.Parse("ts-uplink") });

    [Theory]
    [InlineData("9.9.9.9")]
    [InlineData("2620:fe::fe")]
    [InlineData("9.9.9.9", "2620:fe::fe")]
    [InlineData("0.0.0.0")]
    public void Name_servers_are_read_back(params string[] servers)
    {
        foreach (PolicyTarget target in (PolicyTarget[])
            [s_network, s_byHand, Samples.Target("br-0123456789ab", "fd00:18::/64"), Samples.Target("br-0123456789ab", "172.18.0.0/16", "fd00:18::/64")])
        {
            AssertUnchanged(Samples.Killswitch("media", target) with { DnsServer = Samples.Cidrs(servers) });
            AssertUnchanged(Samples.Killswitch("media", target) with
            {
                DnsServer = Samples.Cidrs(servers),
                Action = BlockAction.Reject,
                BlockHost = true,
            });
        }
    }

    private static void AssertUnchanged(Policy policy, RuleEnvironment? environment = null)
    {
        RuleEnvironment host = environment ?? RuleEnvironment.Usual;
        Failure? refused = Record.Exception(() => PolicyValidator.Check(policy)) is TailSplitException e ? e.Failure : null;
        if (refused is not null)
            return;

        KernelModel kernel = new();
        kernel.Put(host, policy);

        PolicySet set = new(kernel.Policies(host), host);
        Assert.Null(set.Apply(new PutPolicy(policy, Force: false))?.Message);
        Assert.True(Planner.Plan(kernel.Read(), set, host).IsEmpty);
        Assert.Equal(policy.Name, Assert.Single(kernel.Policies(host)).Policy.Name);
    }
}
