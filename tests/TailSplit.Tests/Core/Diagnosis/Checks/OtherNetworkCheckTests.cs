using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class OtherNetworkCheckTests
{
    [Fact]
    public void A_container_leaves_by_the_network_that_its_own_kernel_says()
    {
        static void Prefer(FakeHost host)
        {
            Shared(host);
            host.Docker.Special["seeder"] = new FakeContainer("seeder") { GatewayPriority = new() { ["games"] = 10 } };
        }

        Assert.Equal(["OtherNetwork Fail torrents"], Snapshots.Healthy(Prefer).Troubles());
        Assert.Equal(["OtherNetwork Warn torrents"], Snapshots.Healthy(host =>
        {
            Prefer(host);
            host.Files["/proc/4711/net/route"] = "Iface\tDestination\tGateway "
                + "\tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
                + "eth1\t00000000\t010013AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";
        }).Troubles());
    }

    [Fact]
    public void A_container_whose_ipv6_gateway_alone_is_on_another_network_is_past_the_killswitch()
    {
        // Docker chooses a gateway for each family (moby#52328); its own kernel says the same below.
        static void Split(FakeHost host)
        {
            FakeNetwork shut = new("shut") { Subnet = ["172.30.0.0/16"], Containers = ["q"] };
            FakeNetwork web = new("web") { Subnet = ["172.31.0.0/16", "fd00:31::/64"], Containers = ["q"] };
            host.Add(shut).Add(web);
            host.Docker.Special["q"] = new FakeContainer("q") { GatewayPriority = new() { ["shut"] = 100 } };
        }

        static void Kernel(FakeHost host, string ipv6)
        {
            host.Files["/proc/4711/net/route"] = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
                + "eth0\t00000000\t01001EAC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";
            host.Files["/proc/4711/net/ipv6_route"] = ipv6;
        }

        string route = $"{new string('0', 32)} 00 {new string('0', 32)} 00 fd000031000000000000000000000001 00000400 00000001 00000000 00000003     eth1\n";
        string[] shut = ["OtherNetwork Fail shut"];
        Host Of(Action<FakeHost> change)
        {
            FakeHost host = UsualHost.Create();
            Split(host);
            change(host);
            return Snapshots.Of(host, "New-TailSplitKillswitch shut");
        }

        Assert.Equal(shut, Of(_ => { }).Troubles().Where(trouble => trouble.StartsWith("OtherNetwork", StringComparison.Ordinal)));
        Assert.Equal(shut, Of(host => Kernel(host, route)).Troubles().Where(trouble => trouble.StartsWith("OtherNetwork", StringComparison.Ordinal)));
        Assert.Equal(
            ["OtherNetwork Warn shut"],
            Of(host => Kernel(host, "")).Troubles().Where(trouble => trouble.StartsWith("OtherNetwork", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_network_of_both_families_has_the_gateway_before_one_of_ipv4_alone() =>
        Assert.Equal(["OtherNetwork Warn torrents"], Snapshots.Healthy(Shared).Troubles());

    [Fact]
    public void A_reverse_proxy_at_home_on_another_network_is_a_guest_and_stays_connected()
    {
        Host host = Snapshots.Healthy(host =>
        {
            Snapshots.Put(host, UsualHost.Games, "traefik");
            Snapshots.Put(host, UsualHost.Torrents, "traefik");
            host.Docker.Special["traefik"] = new FakeContainer("traefik")
            {
                NetworkMode = "games",
                GatewayPriority = new() { ["games"] = 1 },
            };
        });

        Assert.Equal(["OtherNetwork Warn torrents"], host.Troubles());
        CheckResult result = host.Result("OtherNetwork", "torrents");
        Assert.Null(result.Remedy);
        Assert.Contains("traefik (games)", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_with_nobody_else_on_it_can_be_closed_too_and_another_is_left_alone()
    {
        static void Lonely(FakeHost host)
        {
            Shared(host);
            host.Docker.Special["seeder"] = new FakeContainer("seeder") { GatewayPriority = new() { ["games"] = 10 } };
        }

        Assert.Equal("New-TailSplitKillswitch games", Snapshots.Healthy(Lonely).Result("OtherNetwork", "torrents").Remedy);
        Assert.Null(Snapshots.Healthy(host =>
        {
            Lonely(host);
            Snapshots.Put(host, UsualHost.Games, "seeder", "minecraft");
        }).Result("OtherNetwork", "torrents").Remedy);
    }

    [Fact]
    public void Another_network_that_is_closed_too_is_no_way_out() => Assert.Empty(Snapshots.Of(
        "New-TailSplitKillswitch games; New-TailSplitKillswitch torrents", Shared).Troubles());

    [Fact]
    public void A_macvlan_network_besides_is_past_all_rules()
    {
        Host host = Snapshots.Healthy(host =>
        {
            Snapshots.Put(host, UsualHost.Torrents, "seeder");
            host.Docker.Networks.RemoveAll(network => network.Name == "lan");
            host.Add(
                new FakeNetwork("lan") { Driver = "macvlan", Subnet = ["192.168.1.0/24"], Containers = ["seeder"] });
        });

        Assert.Equal(["Privileges Fail torrents"], host.Troubles());
        Assert.Null(host.Result("Privileges", "torrents").Remedy);
    }

    private static void Shared(FakeHost host)
    {
        Snapshots.Put(host, UsualHost.Torrents, "seeder");
        Snapshots.Put(host, UsualHost.Games, "seeder");
    }
}
