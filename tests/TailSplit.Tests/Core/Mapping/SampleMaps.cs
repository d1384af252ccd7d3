using System.Collections.Immutable;
using TailSplit.Core.Kernel;
using TailSplit.Core.Mapping;
using TailSplit.Core.Model;
using TailSplit.Tests.Core.Generators;

namespace TailSplit.Tests.Core.Mapping;

/// <summary>Hosts to be drawn.</summary>
internal static class SampleMaps
{
    public static HostRoute ExitNode { get; } = new("default", "tailscale0", null);

    public static HostRoute Isp { get; } = new("default", "eth0", null);

    public static DockerNetwork Media { get; } =
        Bridge("media", "172.19.0.0/16", "fd00:19::/64") with { Containers = ["jellyfin", "sonarr"] };

    public static DockerNetwork Torrents { get; } =
        Bridge("torrents", "172.18.0.0/16", "fd00:18::/64") with { Containers = ["prowlarr", "qbittorrent"] };

    public static BypassPolicy Bypass { get; } = Samples.Bypass("media", On(Media));

    public static KillswitchPolicy Killswitch { get; } = Samples.Killswitch("torrents", On(Torrents));

    /// <summary>A host as people have them at home: the picture of the README.</summary>
    public static MapInput Home { get; } = new()
    {
        Networks =
        [
            Media,
            Torrents,
            Bridge("web", "172.20.0.0/16") with { Containers = ["caddy", "vaultwarden"] },
            Bridge("database", "172.21.0.0/16") with { Internal = true, Containers = ["postgres"] },
            new()
            {
                Name = "lan", Id = Id("lan"), Driver = "macvlan", Subnet = ["192.168.7.0/24"],
                Containers = ["homeassistant"]
            },
        ],
        Policies = [new(Bypass, true, 48_213, 0), new(Killswitch, true, 1_204_518, 37)],
        Tunnel = Samples.Tunnel,
        TunnelRoutes = [ExitNode],
        MainRoutes = [Isp],
    };

    /// <summary>Everything that can be said of a network, with the exit node gone.</summary>
    public static MapInput Crowded { get; } = new()
    {
        Networks =
        [
            Media with { Containers = [.. Enumerable.Range(1, 40).Select(
                i => $"a-container-with-quite-a-long-name-{i}")] },
            Torrents with { Containers = ["prowlarr", "qbittorrent"] },
            Bridge(
                "games-with-a-name-that-is-longer-than-any-column", "2001:db8:1234:5678:9abc:def0::/96",
                "172.22.0.0/16", "172.23.0.0/16") with
                {
                    Containers = ["prowlarr"],
                },
            new() { Name = "host", Id = Id("host"), Driver = "host", Containers = ["node-exporter"] },
            new() { Name = "none", Id = Id("none"), Driver = "null" },
            new() { Name = "swarm", Id = Id("swarm"), Driver = "overlay", Subnet = ["10.0.9.0/24"] },
            new()
            {
                Name = "weave", Id = Id("weave"), Driver = "weaveworks/net-plugin:latest", Subnet = ["10.32.0.0/12"]
            },
        ],
        Policies =
        [
            new(
                Bypass with { Mechanism = Mechanism.Route, Exclude = Samples.Cidrs("1.1.1.1", "203.0.113.0/24") }, true,
                0, 0),
            new(
                Killswitch with { AllowDestination = Samples.Cidrs("10.0.0.5"), AllowPublishedPort = true }, false,
                99_999, 1_999_500_000),
            new(Samples.Killswitch("by-hand", Samples.Target(null, "10.55.0.0/24")), true, 0, 0),
            new(Samples.Bypass("gone", Samples.Network("gone", "br-gone", "10.56.0.0/24")), false, 0, 0),
        ],
        Tunnel = Samples.Tunnel,
        MainRoutes = [Isp],
    };

    /// <summary>Names that no Docker would take, of somebody who wants to be something else in the drawing.</summary>
    public static MapInput Hostile { get; } = new()
    {
        Networks =
        [
            new()
            {
                Name = "\"]; </text><script>alert(1)</script> %% `**x**` #quot; \u202e\u0000\n\ud800 \U0001F600",
                Id = Id("hostile"),
                Driver = "bridge\"><g onload='x'>",
                Subnet = ["172.30.0.0/16"],
                Containers = ["]]>&lt;!--", "--> end\"\nclick n0 \"javascript:alert(1)\"", "日本語のコンテナ"],
            },
        ],
        Tunnel = Samples.Tunnel,
        TunnelRoutes = [ExitNode],
        MainRoutes = [Isp with { Device = "eth<0>" }],
    };

    public static DockerNetwork Bridge(string name, params ImmutableArray<string> subnets) =>
        new() { Name = name, Id = Id(name), Driver = "bridge", Bridge = $"br-{Id(name)[..12]}", Subnet = subnets };

    private static PolicyTarget On(DockerNetwork network) =>
        Samples.Network(network.Name, network.Bridge!, network.Subnet);

    private static string Id(string name) =>
        Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)));
}
