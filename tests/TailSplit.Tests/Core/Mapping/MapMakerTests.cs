using System.Collections.Immutable;
using TailSplit.Core.Kernel;
using TailSplit.Core.Mapping;
using TailSplit.Core.Model;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Mapping;

public sealed class MapMakerTests
{
    private static readonly DockerNetwork s_plain = SampleMaps.Bridge("plain", "172.20.0.0/16");

    [Theory]
    [InlineData(true, Egress.Tunnel)]
    [InlineData(false, Egress.Direct)]
    public void A_network_without_a_policy_goes_where_the_host_goes(bool exitNode, Egress expected) =>
        Assert.Equal(expected, Only(exitNode, s_plain).Egress);

    [Theory]
    [InlineData(true, Egress.Tunnel)]
    [InlineData(false, Egress.Blocked)]
    public void A_killswitched_network_leaves_by_the_exit_node_or_not_at_all(bool exitNode, Egress expected)
    {
        MapEntry entry = Only(
            Host(exitNode, SampleMaps.Torrents) with { Policies = [new(SampleMaps.Killswitch, true, 5, 3)] });

        Assert.Equal(expected, entry.Egress);
        Assert.Equal("5 passed, 3 blocked", entry.Traffic);
        Assert.Equal("active", entry.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_bypassed_network_leaves_by_the_isp(bool exitNode) => Assert.Equal(
        Egress.Direct,
        Only(Host(exitNode, SampleMaps.Media) with { Policies = [new(SampleMaps.Bypass, true, 5, 0)] }).Egress);

    [Fact]
    public void A_bypass_by_routes_alone_counts_nothing_and_says_nothing() => Assert.Equal(
        "",
        Only(
            Host(true, SampleMaps.Media)
                with
            { Policies = [new(SampleMaps.Bypass with { Mechanism = Mechanism.Route }, true, 0, 0)] }).Traffic);

    [Theory]
    [InlineData("macvlan", Egress.Direct, "past the host and its exit node")]
    [InlineData("ipvlan", Egress.Direct, "past the host and its exit node")]
    [InlineData("host", Egress.Tunnel, "the host itself")]
    [InlineData("null", Egress.Blocked, "no network")]
    [InlineData("overlay", Egress.Tunnel, "docker_gwbridge")]
    [InlineData("weave", null, "How this driver leaves the host")]
    public void Other_drivers_are_shown_as_what_they_do(string driver, Egress? expected, string remark)
    {
        MapEntry entry = Only(true, s_plain with { Driver = driver, Bridge = null });

        Assert.Equal(expected, entry.Egress);
        Assert.Contains(remark, Assert.Single(entry.Remarks).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bridge")]
    [InlineData("macvlan")]
    public void An_internal_network_goes_nowhere(string driver) =>
        Assert.Equal(Egress.Blocked, Only(true, s_plain with { Driver = driver, Internal = true }).Egress);

    [Fact]
    public void Overlay_networks_go_where_their_gateway_goes()
    {
        DockerNetwork gateway = SampleMaps.Bridge("docker_gwbridge", "172.24.0.0/16");
        DockerNetwork overlay = s_plain with { Name = "swarm", Driver = "overlay", Bridge = null };
        BypassPolicy policy = Samples.Bypass(
            "docker_gwbridge", Samples.Network("docker_gwbridge", gateway.Bridge!, gateway.Subnet));

        HostMap map = MapMaker.Make(Host(true, gateway, overlay) with { Policies = [new(policy, true, 0, 0)] });

        Assert.All(map.Entries, entry => Assert.Equal(Egress.Direct, entry.Egress));
    }

    [Fact]
    public void A_policy_by_hand_is_on_the_network_of_its_bridge_or_subnet()
    {
        DockerNetwork other = SampleMaps.Bridge("other", "172.25.0.0/16");
        HostMap map = MapMaker.Make(Host(true, s_plain, other) with
        {
            Policies =
            [
                new(Samples.Bypass("one", Samples.Target(s_plain.Bridge, "172.20.0.0/16")), true, 0, 0),
                new(Samples.Killswitch("two", Samples.Target(null, "172.25.0.0/16")), true, 0, 0),
            ],
        });

        Assert.Equal(
            [("other", "killswitch"), ("plain", "bypass")], map.Entries.Select(entry => (entry.Name, entry.Label)));
        Assert.Contains(new MapRemark("The policy is named 'one'."), map.Entries[1].Remarks);
    }

    [Fact]
    public void Without_docker_there_are_the_policies()
    {
        HostMap map = MapMaker.Make(
            Host(true) with { Networks = null, Policies = [new(SampleMaps.Killswitch, true, 0, 0)] });

        Assert.Equal("torrents", Assert.Single(map.Entries).Name);
        Assert.Empty(map.Entries[0].Remarks);
        Assert.Contains(map.Facts, fact => fact.StartsWith("Docker does not answer", StringComparison.Ordinal));
    }

    [Fact]
    public void Answers_that_tailscale_sends_into_the_tunnel_are_told()
    {
        MapEntry entry = Only(
            Host(true, s_plain)
                with
            { TunnelRoutes = [SampleMaps.ExitNode, new("172.20.0.0/16", "tailscale0", null)] });
        MapEntry thrown = Only(
            Host(true, s_plain) with { TunnelRoutes = [SampleMaps.ExitNode, new("172.20.0.0/16", null, "throw")] });

        Assert.Contains("No answer comes back", Assert.Single(entry.Remarks).Text, StringComparison.Ordinal);
        Assert.Empty(thrown.Remarks);
    }

    [Fact]
    public void A_container_that_can_leave_by_another_network_is_reported()
    {
        DockerNetwork shared = s_plain with { Containers = ["qbittorrent"] };

        HostMap map = MapMaker.Make(
            Host(true, SampleMaps.Torrents, shared) with { Policies = [new(SampleMaps.Killswitch, true, 0, 0)] });

        Assert.Contains(
            new MapRemark("qbittorrent is on plain as well, and can leave by it.", IsAlert: true),
            map.Entries.Single(entry => entry.Name == "torrents").Remarks);
        Assert.Empty(map.Entries.Single(entry => entry.Name == "plain").Remarks);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(99_999, "99,999")]
    [InlineData(100_000, "100k")]
    [InlineData(999_499, "999k")]
    [InlineData(999_500, "1.00M")]
    [InlineData(12_345_678, "12.3M")]
    [InlineData(ulong.MaxValue, "18.4E")]
    public void Packets_are_counted_in_few_characters(ulong packets, string expected) => Assert.Equal(
        $"{expected} passed",
        Only(Host(true, SampleMaps.Media) with { Policies = [new(SampleMaps.Bypass, true, packets, 0)] }).Traffic);

    private static MapEntry Only(bool exitNode, DockerNetwork network) => Only(Host(exitNode, network));

    private static MapEntry Only(MapInput sources) => Assert.Single(MapMaker.Make(sources).Entries);

    private static MapInput Host(bool exitNode, params ImmutableArray<DockerNetwork> networks) => new()
    {
        Networks = networks,
        Tunnel = Samples.Tunnel,
        TunnelRoutes = exitNode ? [SampleMaps.ExitNode] : ImmutableArray<HostRoute>.Empty,
        MainRoutes = [SampleMaps.Isp],
    };
}
