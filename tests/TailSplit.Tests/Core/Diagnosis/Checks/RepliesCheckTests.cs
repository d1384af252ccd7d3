using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class RepliesCheckTests
{
    [Fact]
    public void The_lan_access_trap_without_a_container_is_a_warning()
    {
        Host host = Snapshots.Of(Snapshots.Nothing, host => Catch(host, "172.20.0.0/16"));

        Assert.Equal(["Replies Warn"], host.Troubles());
        Assert.Equal("tailscale set --exit-node-allow-lan-access=true", host.Result("Replies").Remedy);
    }

    [Fact]
    public void The_lan_access_trap_is_none_behind_a_policy_or_a_rule_made_by_hand()
    {
        Assert.Empty(Snapshots.Healthy(host => Catch(host, "172.18.0.0/16")).Troubles());
        Assert.Empty(Snapshots.Of(Snapshots.Nothing, host =>
        {
            Catch(host, "172.18.0.0/16");
            host.Routes.Add(IpFamily.IPv4, "pref 5269 to 172.16.0.0/12 lookup main");
        }).Troubles());
    }

    /// <summary>tailscaled merges adjacent prefixes: networks of Docker's pools are one route.</summary>
    [Fact]
    public void The_lan_access_trap_is_seen_in_a_merged_route()
    {
        Host host = Snapshots.Of(Snapshots.Nothing, host => Catch(host, "172.18.0.0/15"));

        Assert.Equal(["Replies Fail"], host.Troubles());
        Assert.Contains("of media go into the tunnel (route 172.18.0.0/15)", host.Result("Replies").Detail, StringComparison.Ordinal);
        Assert.Equal("tailscale set --exit-node-allow-lan-access=true", host.Result("Replies").Remedy);
    }

    [Fact]
    public void A_merged_route_is_told_from_the_same_one_of_another_machine()
    {
        Host host = Snapshots.Of(Snapshots.Nothing, host =>
        {
            Catch(host, "172.18.0.0/15");
            host.Tailscale.SubnetRoutes = ["172.18.0.0/15"];
        });

        Assert.Equal(["Replies Fail"], host.Troubles());
        Assert.Contains("A route of another tailnet machine", host.Result("Replies").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_no_throw_route_leaves_out_is_in_the_tunnel_by_the_exit_nodes_own_route()
    {
        Host host = Snapshots.Of(
            Snapshots.Nothing, host => host.Routes.RemoveThrows(IpFamily.IPv4, 52, Cidr.Parse("172.18.0.0/16")));

        Assert.Equal(["Replies Fail"], host.Troubles());
        Assert.Equal("ip -4 rule add pref 5269 to 172.18.0.0/16 lookup main", host.Result("Replies").Remedy);
    }

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

        Assert.Equal(["Replies Fail"], host.Troubles());
        Assert.Equal("ip -4 rule add pref 5269 to 172.20.0.0/16 lookup main", host.Result("Replies").Remedy);
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

        Assert.Equal(["Replies Fail"], host.Troubles());
        Assert.Null(host.Result("Replies").Remedy);
        Assert.Contains("Create another network outside 100.64.0.0/10", host.Result("Replies").Detail, StringComparison.Ordinal);
    }

    private static void Catch(FakeHost host, string subnet)
    {
        host.Tailscale.AllowLanAccess = false;
        host.Routes.RemoveThrows(IpFamily.IPv4, 52, Cidr.Parse(subnet));
        host.Routes.AddRoute(IpFamily.IPv4, 52, subnet, "tailscale0");
    }
}
