using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Tailscale;
using Xunit;

namespace TailSplit.Tests.Core.Compilation;

public sealed class TunnelFinderTests
{
    private const string Interfaces = """
        [{"ifname":"lo","num_tx_queues":1,"addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8}]},
         {"ifname":"eth0","num_tx_queues":1,"addr_info":[{"family":"inet","local":"192.168.1.5","prefixlen":24}]},
         {"ifname":"ppp0","num_tx_queues":1,"linkinfo":{"info_kind":"ppp"},"addr_info":[{"family":"inet","local":"100.70.9.9","prefixlen":32}]},
         {"ifname":"nordlynx","num_tx_queues":1,"linkinfo":{"info_kind":"wireguard"},"addr_info":[{"family":"inet","local":"100.70.9.8","prefixlen":32}]},
         {"ifname":"br-cgnat","num_tx_queues":1,"linkinfo":{"info_kind":"bridge"},"addr_info":[{"family":"inet","local":"100.70.0.1","prefixlen":16}]},
         {"ifname":"ts-uplink","num_tx_queues":1,"linkinfo":{"info_kind":"tun","info_data":{"type":"tun","pi":false}},"addr_info":[{"family":"inet","local":"100.101.102.103","prefixlen":32},{"family":"inet6","local":"fd7a:115c:a1e0::1","prefixlen":128}]}]
        """;

    [Theory]
    [InlineData("""[{"dst":"100.100.100.100","dev":"tailscale0"}]""", "tailscale0")]
    [InlineData("""[{"dst":"192.168.1.0/24","dev":"eth0"},{"dst":"default","dev":"tailscale0"}]""", "tailscale0")]
    [InlineData("""[{"type":"throw","dst":"127.0.0.0/8"},{"dst":"100.64.0.1","dev":"tailscale0"}]""", "tailscale0")]
    [InlineData("""[{"type":"throw","dst":"192.168.1.0/24","dev":"eth0"}]""", "ts-uplink")]
    [InlineData("""[{"dst":"127.0.0.0/8","dev":"lo"}]""", "ts-uplink")]
    [InlineData("""[{"dst":"default","dev":"ppp0"}]""", "ts-uplink")]
    [InlineData("""[{"dst":"default","dev":"eth0"}]""", "ts-uplink")]
    [InlineData("[]", "ts-uplink")]
    public void The_tunnel_is_the_device_of_tailscales_table_or_has_a_tailnet_address(string routes, string tunnel) =>
        Assert.Equal(
            tunnel,
            TunnelFinder.Find(
                TunnelProvider.Tailscale, RouteJson.Parse(IpFamily.IPv4, routes), InterfaceJson.Parse(Interfaces), [])
                ?.ToString());

    // A default route by two uplinks has no interface of its own (iproute2 ip/iproute.c: print_rta_multipath).
    [Fact]
    public void One_of_several_uplinks_is_no_tunnel() => Assert.Null(TunnelFinder.Find(
        TunnelProvider.Tailscale,
        [],
        InterfaceJson.Parse(Interfaces),
        RouteJson.Parse(
            IpFamily.IPv4,
            """
            [{"dst":"default","flags":[],"nexthops":[{"gateway":"192.168.1.1","dev":"eth0","weight":1,"flags":[]},
              {"dev":"ts-uplink","weight":1,"flags":[]}]},
             {"dst":"192.168.1.0/24","dev":"eth0","flags":[]}]
            """)));

    [Fact]
    public void Without_table_and_address_there_is_no_tunnel() =>
        Assert.Null(TunnelFinder.Find(TunnelProvider.Tailscale, [], InterfaceJson.Parse("[]"), []));

    [Fact]
    public void Behind_pppoe_with_a_single_address_of_the_tailnets_range_the_uplink_is_no_tunnel() => Assert.Null(
        TunnelFinder.Find(
            TunnelProvider.Tailscale, [],
            InterfaceJson.Parse(
                """[{"ifname":"ppp0","num_tx_queues":3,"linkinfo":{"info_kind":"ppp"},"addr_info":[{"local":"100.70.9.9","prefixlen":32}]}]"""),
            RouteJson.Parse(IpFamily.IPv4, """[{"dst":"default","dev":"ppp0"}]""")));

    [Theory]
    [InlineData("eth0", "network card")]
    [InlineData("ppp0", "'ppp'")]
    [InlineData("br-cgnat", "'bridge'")]
    [InlineData("nordlynx", null)]
    [InlineData("tailscale0", null)]
    [InlineData("ts-uplink", null)]
    public void An_existing_interface_that_is_not_a_tun_device_is_not_a_tunnel(string name, string? reason)
    {
        string? why = TunnelDevice.WhyNot(InterfaceName.Parse(name), InterfaceJson.Parse(Interfaces), []);

        Assert.Equal(reason is null, why is null);
        Assert.Contains(reason ?? "", why ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_tun_device_with_mains_default_route_is_the_uplink() => Assert.Contains(
        "default route of table main",
        TunnelDevice.WhyNot(
            InterfaceName.Parse("ts-uplink"), InterfaceJson.Parse(Interfaces),
            RouteJson.Parse(IpFamily.IPv4, """[{"dst":"default","gateway":"10.8.0.1","dev":"ts-uplink"}]""")),
        StringComparison.Ordinal);

    [Fact]
    public void A_bridge_inside_the_tailnets_range_is_no_tunnel() => Assert.Null(TunnelFinder.Find(
        TunnelProvider.Tailscale,
        [],
        InterfaceJson.Parse("""[{"ifname":"br-cgnat","addr_info":[{"local":"100.70.0.1","prefixlen":16}]}]"""),
        []));
}
