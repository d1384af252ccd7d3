using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class SubnetOverlapCheckTests
{
    /// <summary>The longest prefix decides: the throw route is narrower.</summary>
    [Fact]
    public void An_accepted_route_wider_than_the_throw_route_is_no_trouble() => Assert.Empty(
        Snapshots.Of(Snapshots.Nothing, host => host.Routes.AddRoute(IpFamily.IPv4, 52, "172.16.0.0/12", "tailscale0")).Troubles());

    [Theory]
    [InlineData("172.20.0.0/16")]
    [InlineData("172.20.128.0/17")]
    public void A_route_of_another_machine_over_a_docker_subnet_fails(string route)
    {
        Host host = Snapshots.Of(Snapshots.Nothing, host => host.Routes.AddRoute(IpFamily.IPv4, 52, route, "tailscale0"));

        Assert.Equal(["SubnetOverlap Fail"], host.Troubles());
        Assert.Equal("ip -4 rule add pref 5269 to 172.20.0.0/16 lookup main", host.Result("SubnetOverlap").Remedy);
    }

    [Fact]
    public void The_rule_for_one_subnet_cures_an_accepted_route() => Assert.Empty(Snapshots.Of(Snapshots.Nothing, host =>
    {
        host.Routes.AddRoute(IpFamily.IPv4, 52, "172.20.128.0/17", "tailscale0");
        host.Routes.Add(IpFamily.IPv4, "pref 5269 to 172.20.0.0/16 lookup main");
    }).Troubles());

    [Fact]
    public void A_policys_own_rules_cure_an_accepted_route() => Assert.Empty(
        Snapshots.Healthy(host => host.Routes.AddRoute(IpFamily.IPv4, 52, "172.18.0.0/24", "tailscale0")).Troubles());

    /// <summary>To make a network again would take its containers off it.</summary>
    [Fact]
    public void A_subnet_of_the_tailnets_range_fails_and_no_command_touches_its_containers()
    {
        Host host = Snapshots.Of(
            Snapshots.Nothing, host => host.Add(new FakeNetwork("cgn") { Subnet = ["100.72.0.0/16"], Containers = ["web"] }));

        Assert.Equal(["SubnetOverlap Fail"], host.Troubles());
        Assert.Null(host.Result("SubnetOverlap").Remedy);
        Assert.Contains("Create another network outside 100.64.0.0/10", host.Result("SubnetOverlap").Detail, StringComparison.Ordinal);
    }
}
