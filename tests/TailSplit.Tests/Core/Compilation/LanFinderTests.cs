using System.Net;
using TailSplit.Core.Compilation;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Compilation;

/// <summary>Which links of the host are its LAN: those that -AllowPublishedPort answers.</summary>
public sealed class LanFinderTests
{
    [Theory]
    [InlineData("eth0", null)]
    [InlineData("bond0", "bond")]
    [InlineData("virbr0", "bridge")]
    public void A_link_with_an_address_is_the_lan(string name, string? kind) =>
        Assert.Equal(["192.168.1.0/24"], Find(Link(name, kind)));

    [Theory]
    [InlineData("docker0", "bridge")]
    [InlineData("br-0123456789ab", "bridge")]
    [InlineData("br-media", "bridge")]
    [InlineData("podman1", null)]
    [InlineData("lo", null)]
    [InlineData("tailscale0", "tun")]
    public void A_bridge_of_containers_under_any_name_and_the_tunnel_are_not(string name, string? kind) =>
        Assert.Empty(Find(Link(name, kind)));

    [Fact]
    public void A_bridge_is_not_the_lan_whether_a_container_runs_on_it_or_not() => Assert.Empty(Find(
        Link("br-media", "bridge"),
        Port("veth0a1b2c3", "veth", "br-media") with { HasPeerElsewhere = true }));

    [Fact]
    public void A_bridge_with_a_port_that_is_no_containers_is_the_lan() => Assert.Equal(
        ["192.168.1.0/24"],
        Find(Link("br0", "bridge"), Port("eth0", null, "br0"), Port("veth0a1b2c3", "veth", "br0") with { HasPeerElsewhere = true }));

    private static IEnumerable<string> Find(params HostInterface[] links) =>
        LanFinder.Find(links, InterfaceName.Parse("tailscale0")).Select(prefix => prefix.ToString());

    private static HostInterface Link(string name, string? kind) =>
        new(name, [new InterfaceAddress(IPAddress.Parse("192.168.1.5"), 24)]) { HasDetails = true, Kind = kind };

    private static HostInterface Port(string name, string? kind, string master) =>
        new(name, []) { HasDetails = true, Kind = kind, Master = master };
}
