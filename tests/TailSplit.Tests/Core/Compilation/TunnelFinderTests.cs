using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Text;
using Xunit;

namespace TailSplit.Tests.Core.Compilation;

public sealed class TunnelFinderTests
{
    private const string Interfaces = """
        [{"ifname":"lo","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8}]},
         {"ifname":"eth0","addr_info":[{"family":"inet","local":"192.168.1.5","prefixlen":24}]},
         {"ifname":"br-cgnat","addr_info":[{"family":"inet","local":"100.70.0.1","prefixlen":16}]},
         {"ifname":"ts-uplink","addr_info":[{"family":"inet","local":"100.101.102.103","prefixlen":32},{"family":"inet6","local":"fd7a:115c:a1e0::1","prefixlen":128}]}]
        """;

    [Theory]
    [InlineData("""[{"dst":"100.100.100.100","dev":"tailscale0"}]""", "tailscale0")]
    [InlineData("""[{"dst":"192.168.1.0/24","dev":"eth0"},{"dst":"default","dev":"tailscale0"}]""", "tailscale0")]
    [InlineData("""[{"type":"throw","dst":"127.0.0.0/8"},{"dst":"100.64.0.1","dev":"tailscale0"}]""", "tailscale0")]
    [InlineData("""[{"type":"throw","dst":"192.168.1.0/24","dev":"eth0"}]""", "ts-uplink")]
    [InlineData("""[{"dst":"127.0.0.0/8","dev":"lo"}]""", "ts-uplink")]
    [InlineData("[]", "ts-uplink")]
    public void The_tunnel_is_the_device_of_tailscales_table_or_has_a_tailnet_address(string routes, string tunnel) =>
        Assert.Equal(
            tunnel,
            TunnelFinder.Find(RouteJson.Parse(IpFamily.IPv4, routes), InterfaceJson.Parse(Interfaces))?.ToString());

    [Fact]
    public void Where_there_is_neither_there_is_no_tunnel() =>
        Assert.Null(TunnelFinder.Find([], InterfaceJson.Parse("[]")));

    [Fact]
    public void A_bridge_inside_the_tailnets_range_is_no_tunnel() => Assert.Null(TunnelFinder.Find(
        [], InterfaceJson.Parse("""[{"ifname":"br-cgnat","addr_info":[{"local":"100.70.0.1","prefixlen":16}]}]""")));
}
