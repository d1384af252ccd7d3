using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Compilation;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Compilation;

/// <summary>What of a bridge and its ports lets containers leave past every rule.</summary>
public sealed class NetworkOnHostTests
{
    private static readonly DockerNetwork s_network = new()
    {
        Name = "media",
        Id = new string('a', 64),
        Driver = "bridge",
        Bridge = "br-media",
        Subnet = ["172.18.0.0/16"],
        Gateway = ["172.18.0.1"],
    };

    private static readonly HostInterface s_bridge = Link("br-media", "bridge", "172.18.0.1/16");

    [Fact]
    public void Containers_of_dockers_are_the_ports_that_a_bridge_may_have() => Assert.Null(Reason(
        s_bridge, Link("veth0a1b2c3", "veth") with { Master = "br-media", HasPeerElsewhere = true }));

    [Theory]
    [InlineData("eth1", null, false)]
    [InlineData("lan0", "veth", true)]
    [InlineData("veth-lan", "veth", false)]
    [InlineData("vxlan7", "vxlan", false)]
    [InlineData("bond0", "bond", false)]
    [InlineData("eth0.7", "vlan", false)]
    [InlineData("tap0", "tun", false)]
    public void Another_port_is_a_way_past_routing_and_firewall(string name, string? kind, bool elsewhere) => Assert.Contains(
        $"a port that is not a container's, {name}",
        Reason(s_bridge, Link(name, kind) with { Master = "br-media", HasPeerElsewhere = elsewhere, Link = "other" }),
        StringComparison.Ordinal);

    [Fact]
    public void A_port_of_another_bridge_does_not_count() => Assert.Null(
        Reason(s_bridge, Link("eth1", null) with { Master = "br-other" }));

    [Fact]
    public void A_container_that_is_just_starting_has_both_ends_here_for_a_moment() => Assert.Null(Reason(
        s_bridge,
        Link("veth0a1b2c3", "veth") with { Master = "br-media", Link = "veth9f8e7d6" },
        Link("veth9f8e7d6", "veth") with { Link = "veth0a1b2c3" }));

    [Fact]
    public void A_pair_that_joins_two_bridges_is_a_way_out() => Assert.NotNull(Reason(
        s_bridge,
        Link("veth0a1b2c3", "veth") with { Master = "br-media", Link = "veth9f8e7d6" },
        Link("veth9f8e7d6", "veth") with { Master = "br-lan", Link = "veth0a1b2c3" }));

    [Fact]
    public void A_gateway_that_is_no_address_of_the_bridge_is_another_machine() => Assert.Contains(
        "its gateway 172.18.0.1 is not an address of this host on br-media",
        Reason(Link("br-media", "bridge", "172.18.0.2/16")), StringComparison.Ordinal);

    [Fact]
    public void An_ipv6_gateway_counts_where_the_network_and_the_bridge_have_ipv6()
    {
        DockerNetwork network = s_network with { Gateway = ["172.18.0.1", "fd00:18::1"] };

        Assert.Null(Reason(network, s_bridge));
        Assert.Null(Reason(network with { IPv6 = true }, s_bridge));
        HostInterface other = Link("br-media", "bridge", "172.18.0.1/16", "fd00:18::9/64");
        Assert.Contains("fd00:18::1", Reason(network with { IPv6 = true }, other), StringComparison.Ordinal);
    }

    [Fact]
    public void Containers_that_run_on_a_bridge_that_is_not_here_are_on_another_host()
    {
        Assert.Null(Reason(Link("eth0", null)));
        Assert.Contains(
            "not an interface of this host", Reason(s_network with { Containers = ["web"] }, Link("eth0", null)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_bridge_that_was_renamed_is_named_with_the_interface_that_has_its_gateway()
    {
        string? reason = Reason(Link("eth0", null, "192.168.1.10/24"), Link("podman1", "bridge", "172.18.0.1/16"));

        Assert.Contains("its gateway 172.18.0.1 is on podman1", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Packets_of_a_bridge_in_a_vrf_bypass_its_rules()
    {
        HostInterface[] links = [s_bridge with { Master = "vrf-red" }, Link("vrf-red", "vrf")];

        Assert.Contains("its bridge br-media is part of vrf-red", Reason(links), StringComparison.Ordinal);
        Assert.Contains("vrf-red", BridgePorts.WhyOpenByHand("br-media", links), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("veth0a1b2c3", true)]
    [InlineData("eth1", false)]
    public void Where_ip_tells_no_kinds_a_port_is_known_by_its_name(string port, bool isContainer) => Assert.Equal(
        isContainer,
        Reason(s_bridge, Link(port, null) with { Master = "br-media", HasDetails = false }) is null);

    [Fact]
    public void Where_no_interface_can_be_read_nothing_is_claimed() => Assert.Null(
        NetworkOnHost.Examine(s_network with { Containers = ["web"] }, []).Reason);

    [Fact]
    public void A_bridge_by_hand_may_have_virtual_machines_and_containers_but_no_physical_port()
    {
        HostInterface bridge = Link("virbr0", "bridge", "192.168.122.1/24");
        HostInterface tap = Link("vnet0", "tun") with { TunMode = "tap", Master = "virbr0" };
        HostInterface podman = Link("veth0", "veth") with { HasPeerElsewhere = true, Master = "virbr0" };
        HostInterface nspawn = Link("vb-box", "veth") with { HasPeerElsewhere = true, Master = "virbr0" };

        Assert.Null(BridgePorts.WhyOpenByHand("virbr0", [bridge, tap, podman, nspawn]));
        Assert.NotNull(BridgePorts.WhyOpenByHand(
            "virbr0", [bridge, Link("lan0", "veth") with { HasPeerElsewhere = true, Master = "virbr0" }]));
        Assert.NotNull(BridgePorts.WhyOpenByHand("virbr0", [bridge, Link("eth1", null) with { Master = "virbr0" }]));
    }

    [Fact]
    public void Kind_master_and_peer_are_read_as_ip_prints_them()
    {
        ImmutableArray<HostInterface> links = InterfaceJson.Parse(
            """
            [{"ifindex":5,"link_index":4,"ifname":"veth0a1b2c3","flags":["BROADCAST"],"mtu":1500,"qdisc":"noqueue","master":"br-media","link_netnsid":1,
              "linkinfo":{"info_kind":"veth","info_slave_kind":"bridge","info_slave_data":{"state":"forwarding"}},"num_tx_queues":2,"addr_info":[]},
             {"ifindex":6,"link":"veth-b","ifname":"veth-a","linkinfo":{"info_kind":"veth"},"num_tx_queues":2,"addr_info":[]},
             {"ifindex":7,"ifname":"tailscale0","linkinfo":{"info_kind":"tun","info_data":{"type":"tun","pi":false,"vnet_hdr":true}},"num_tx_queues":1,"addr_info":[]},
             {"ifindex":8,"ifname":"old0","addr_info":[]}]
            """);

        Assert.True(links[0] is { Kind: "veth", Master: "br-media", HasPeerElsewhere: true, HasDetails: true, IsTunnel: false });
        Assert.True(links[1] is { Link: "veth-b", HasPeerElsewhere: false, Master: null });
        Assert.True(links[2] is { IsTunnel: true });
        Assert.Null(links[3].IsTunnel);
    }

    private static HostInterface Link(string name, string? kind, params string[] addresses) => new(
        name,
        [.. addresses.Select(text => text.Split('/')).Select(parts => new InterfaceAddress(
            IPAddress.Parse(parts[0]), int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)))])
    {
        Kind = kind,
        HasDetails = true,
    };

    private static string? Reason(params HostInterface[] links) => Reason(s_network, links);

    private static string? Reason(DockerNetwork network, params HostInterface[] links) =>
        NetworkOnHost.Examine(network, links).Reason;
}
