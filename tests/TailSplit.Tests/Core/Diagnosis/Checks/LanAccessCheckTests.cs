using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class LanAccessCheckTests
{
    [Fact]
    public void The_lan_access_trap_without_a_container_is_a_warning()
    {
        Host host = Snapshots.Of(Snapshots.Nothing, host => Catch(host, "172.20.0.0/16"));

        Assert.Equal(["LanAccess Warn"], host.Troubles());
        Assert.Equal("tailscale set --exit-node-allow-lan-access=true", host.Result("LanAccess").Remedy);
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

        Assert.Equal(["LanAccess Fail"], host.Troubles());
        Assert.Contains("of media go into the tunnel (route 172.18.0.0/15)", host.Result("LanAccess").Detail, StringComparison.Ordinal);
        Assert.Equal("tailscale set --exit-node-allow-lan-access=true", host.Result("LanAccess").Remedy);
    }

    [Fact]
    public void A_merged_route_is_told_from_the_same_one_of_another_machine()
    {
        Host host = Snapshots.Of(Snapshots.Nothing, host =>
        {
            Catch(host, "172.18.0.0/15");
            host.Tailscale.SubnetRoutes = ["172.18.0.0/15"];
        });

        Assert.Equal(["SubnetOverlap Fail"], host.Troubles());
    }

    [Fact]
    public void A_network_that_no_throw_route_leaves_out_is_in_the_tunnel_by_the_exit_nodes_own_route()
    {
        Host host = Snapshots.Of(
            Snapshots.Nothing, host => host.Routes.RemoveThrows(IpFamily.IPv4, 52, Cidr.Parse("172.18.0.0/16")));

        Assert.Equal(["LanAccess Fail"], host.Troubles());
        Assert.Equal("ip -4 rule add pref 5269 to 172.18.0.0/16 lookup main", host.Result("LanAccess").Remedy);
    }

    private static void Catch(FakeHost host, string subnet)
    {
        host.Tailscale.AllowLanAccess = false;
        host.Routes.RemoveThrows(IpFamily.IPv4, 52, Cidr.Parse(subnet));
        host.Routes.AddRoute(IpFamily.IPv4, 52, subnet, "tailscale0");
    }
}
