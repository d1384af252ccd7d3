using TailSplit.Core.Compilation;
using TailSplit.Core.Kernel;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Compilation;

public sealed class BridgeFinderTests
{
    private const string Interfaces = """
        [{"ifname":"lo","addr_info":[{"local":"127.0.0.1","prefixlen":8}]},
         {"ifname":"eth0","addr_info":[{"local":"192.168.1.5","prefixlen":24}]},
         {"ifname":"br-media","addr_info":[{"local":"172.18.0.1","prefixlen":16},{"local":"fd00:18::1","prefixlen":64},{"local":"fe80::1","prefixlen":64}]},
         {"ifname":"a name too long for a bridge","addr_info":[{"local":"10.9.0.1","prefixlen":24}]},
         {"ifname":"empty"},{"ifname":"odd","addr_info":[{"family":"inet"}]}]
        """;

    [Theory]
    [InlineData("172.18.0.0/16", "br-media")]
    [InlineData("fd00:18::/64", "br-media")]
    [InlineData("172.18.0.0/17", null)]
    [InlineData("172.18.0.0/15", null)]
    [InlineData("10.9.0.0/24", null)]
    [InlineData("10.0.0.0/8", null)]
    public void A_bridge_is_found_by_the_subnet_that_is_on_link_there(string subnet, string? bridge) =>
        Assert.Equal(bridge, BridgeFinder.Find(Samples.Cidrs(subnet), InterfaceJson.Parse(Interfaces))?.ToString());
}
