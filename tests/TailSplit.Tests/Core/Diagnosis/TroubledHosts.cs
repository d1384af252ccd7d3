using System.Net;
using TailSplit.Core.Compilation;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Tests.Core.Text;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;

namespace TailSplit.Tests.Core.Diagnosis;

/// <summary>
/// Hosts on which something is wrong, one way at a time, and the captured rules of others beside policies of ours: what
/// checks suggest is looked through on all of them.
/// </summary>
internal static class TroubledHosts
{
    public static IReadOnlyDictionary<string, Func<Host>> All { get; } =
        new Dictionary<string, Func<Host>>(StringComparer.Ordinal)
        {
            ["userspace networking"] = () => Snapshots.Healthy(host => host.Tailscale.Tun = false),
            ["exit node offline"] = () => Snapshots.Healthy(
                host => (host.Tailscale.ExitNodeOnline, host.Tailscale.OffersSpare) = (false, true)),
            ["tailscale stopped"] = () => Snapshots.Healthy(host => host.Tailscale.BackendState = "Stopped"),
            ["no exit node"] = () => Snapshots.Healthy(host => host.Tailscale.ExitNode = false),
            ["table of the tunnel empty"] = () => Snapshots.Healthy(host => host.Routes.RemoveTable(52)),
            ["no rule to the table of the tunnel"] = () => Snapshots.Healthy(
                host => host.Routes.Delete(IpFamily.IPv4, rule => rule.Table == 52 && rule.Protocol != 84)),
            ["no escape rule"] = () => Snapshots.Healthy(
                host => host.Routes.Delete(IpFamily.IPv6, rule => rule.Preference == 5210)),
            ["lan access off"] = () => Snapshots.Of("Get-DockerNetwork none", host =>
            {
                host.Tailscale.AllowLanAccess = false;
                host.Routes.AddRoute(IpFamily.IPv4, 52, "172.18.0.0/16", "tailscale0");
            }),
            ["strict reverse path check"] = () =>
            {
                Host host = Snapshots.Healthy();
                return host with
                {
                    Kernel = host.Kernel with
                    {
                        ReversePath = host.Kernel.ReversePath.SetItem("eth0", ReversePathFilter.Strict),
                        SrcValidMark = false,
                    },
                };
            },
            ["no forwarding"] = () => Snapshots.Healthy(host =>
            {
                host.Files["/proc/sys/net/ipv4/ip_forward"] = "0\n";
                host.Files["/proc/sys/net/ipv6/conf/all/forwarding"] = "0\n";
            }),
            ["stateful filtering"] = () => Snapshots.Healthy(host => host.Tailscale.NoStatefulFiltering = false),
            ["subnet in the tailnet"] = () => Snapshots.Healthy(
                host => host.Add(new FakeNetwork("cgn") { Subnet = ["100.72.0.0/16"], Containers = ["web"] })),
            ["accepted route over a subnet"] = () => Snapshots.Of(
                "Get-DockerNetwork none", host => host.Routes.AddRoute(IpFamily.IPv4, 52, "172.20.0.0/16", "tailscale0")),
            ["docker user not reached"] = () => Snapshots.Healthy(
                host => host.Firewall[IpFamily.IPv4].Load("*filter\n-D FORWARD -j DOCKER-USER\nCOMMIT\n")),
            ["docker user too late"] = () => Snapshots.Healthy(host => host.Firewall[IpFamily.IPv4].Load(
                "*filter\n-D FORWARD -j DOCKER-USER\n-A FORWARD -j ACCEPT\n-A FORWARD -j DOCKER-USER\nCOMMIT\n")),
            ["tunnel closed by somebody else"] = () => Snapshots.Healthy(host => host.Firewall[IpFamily.IPv4].Load(
                "*filter\n-A DOCKER-USER -o tailscale0 -j DROP\nCOMMIT\n")),
            ["docker user dead"] = () => Snapshots.Of("Get-DockerNetwork none", host => host.Firewall[IpFamily.IPv4].Load(
                "*filter\n-D FORWARD -j DOCKER-USER\n-A DOCKER-USER -s 203.0.113.9/32 -j DROP\nCOMMIT\n")),
            ["rules in the other store"] = () => Hide("*filter\n-A FORWARD -s 203.0.113.9/32 -j DROP\nCOMMIT\n"),
            ["tailscale in the other store"] = () => Hide(UsualRules.Tailscale),
            ["docker in the other store"] = () => Hide(UsualRules.Docker + "*filter\n:INPUT DROP [0:0]\nCOMMIT\n"),
            ["the guide's script"] = () => Snapshots.Healthy(GuideScript),
            ["networkd"] = () => Snapshots.Healthy(host => host.Systemd.ActiveUnits.Add("systemd-networkd.service")),
            ["small tunnel"] = () => Snapshots.Of(
                "Get-DockerNetwork none", host => host.Routes.Mtu["tailscale0"] = 1280),
            ["small tunnel that a killswitch does not tell of"] = () => Snapshots.Healthy(host =>
            {
                host.Routes.Mtu["tailscale0"] = 1280;
                host.Firewall[IpFamily.IPv4].Load("*mangle\n-I FORWARD 1 -j ACCEPT\nCOMMIT\n");
            }),
            ["rule gone"] = () => Snapshots.Healthy(
                host => host.Routes.Delete(IpFamily.IPv6, rule => rule.End == "prohibit")),
            ["jump overtaken"] = () => Snapshots.Healthy(host => host.Firewall[IpFamily.IPv4].Load(
                "*filter\n-I DOCKER-USER 1 -s 172.19.0.0/16 -j ACCEPT\nCOMMIT\n")),
            ["kube-router"] = () => Snapshots.Healthy(KubeRouter),
            ["network gone"] = () => Snapshots.Of("New-TailSplitBypass games", host => host.Remove(UsualHost.Games)),
            ["network made again"] = () => Snapshots.Healthy(host =>
            {
                host.Remove(UsualHost.Media);
                host.Add(UsualHost.Media with { Incarnation = 1 });
            }),
            ["lan rule"] = () => Foreign("""{"priority":2500,"src":"all","dst":"192.168.1.0","dstlen":24,"table":"254"}"""),
            ["wg-quick"] = () => Foreign("""{"priority":5084,"not":null,"src":"all","fwmark":"0xca6c","table":"51820"}"""),
            ["mullvad"] = () => Foreign(
                """{"priority":5084,"not":null,"src":"all","fwmark":"0x6d6f6c65","table":"1836018789"}"""),
            ["ipv6 that nobody planned"] = () =>
            {
                Host host = Snapshots.Healthy();
                return host with
                {
                    Routing = host.Routing with
                    {
                        Interfaces = [.. host.Routing.Interfaces.Select(link => link.Name != UsualHost.Media.Bridge
                            ? link
                            : link with { Addresses = [.. link.Addresses, new(IPAddress.Parse("fd00:99::1"), 64)] })],
                    },
                };
            },
            ["no magic dns"] = () =>
            {
                Host host = Snapshots.Healthy();
                return host with
                {
                    Routing = host.Routing with
                    {
                        TunnelRoutes = [.. host.Routing.TunnelRoutes.Where(route => route.IsDefault)],
                    },
                };
            },
            ["names outside the killswitch"] = () =>
            {
                FakeContainer seeder = new("seeder");
                return Snapshots.Healthy(host =>
                {
                    Put(host, UsualHost.Torrents, seeder.Name);
                    host.Files[seeder.ResolvConf] = "nameserver 127.0.0.11\n# ExtServers: [host(192.168.1.1)]\n";
                });
            },
            ["container on two networks"] = () => Snapshots.Healthy(host =>
            {
                Put(host, UsualHost.Torrents, "seeder");
                Put(host, UsualHost.Games, "seeder", "minecraft");
                host.Docker.Special["seeder"] = new FakeContainer("seeder") { GatewayPriority = new() { ["games"] = 10 } };
            }),
            ["reverse proxy"] = () => Snapshots.Healthy(host =>
            {
                Put(host, UsualHost.Torrents, "traefik");
                Put(host, UsualHost.Games, "traefik");
                host.Docker.Special["traefik"] = new FakeContainer("traefik") { NetworkMode = "games" };
            }),
            ["macvlan besides"] = () => Snapshots.Healthy(host =>
            {
                Put(host, UsualHost.Torrents, "seeder");
                host.Docker.Networks.RemoveAll(network => network.Name == "lan");
                host.Add(new FakeNetwork("lan") { Driver = "macvlan", Subnet = ["192.168.1.0/24"], Containers = ["seeder"] });
            }),
            ["privileged"] = () => Snapshots.Healthy(host =>
            {
                Put(host, UsualHost.Torrents, "seeder");
                host.Docker.Special["seeder"] = new FakeContainer("seeder") { Privileged = true };
            }),
            ["published port"] = () => Snapshots.Healthy(host =>
            {
                Put(host, UsualHost.Torrents, "seeder");
                host.Docker.Special["seeder"] = new FakeContainer("seeder") { Publish = ["0.0.0.0:8080:80/tcp"] };
            }),
            ["no masquerade"] = () => Snapshots.Healthy(
                host => host.Add(new FakeNetwork("proxy") { Subnet = ["172.25.0.0/16"], Containers = ["traefik"] })),
            ["another tunnel"] = () => Snapshots.Of(
                "New-TailSplitKillswitch torrents -TunnelInterface tun7",
                host => host.Routes.AddLink("tun7", "10.8.0.2/24")),
            ["table of nft's own rules"] = () => Unreadable("TAILSCALE"),
            ["table of tailscale's own rules"] = () => Unreadable("ts-postrouting"),
            ["no service"] = () => Snapshots.Healthy() with { Boot = new HostBoot() },
        };

    /// <summary>The captured rules of others, with our policies in front of none of them.</summary>
    public static Host Captured(string save)
    {
        Host host = Snapshots.Healthy();
        IpFamily family = Saves.FamilyOf(save);
        Dictionary<IpFamily, SavedRuleset> saved = IpFamilies.All.ToDictionary(each => each, host.Live.Iptables.Saved);
        saved[family] = Saves.Parse(save);
        return host with
        {
            Live = new LiveRules(saved, host.Live.AllRouting),
            Firewall = host.Firewall with { Other = saved },
        };
    }

    /// <summary>What the script writes for a bypass of media and a killswitch of torrents.</summary>
    internal static void GuideScript(FakeHost host) => host.Firewall[IpFamily.IPv4].Load(
        """
        *mangle
        :DOCKER_BYPASS_EXCLUSIONS - [0:0]
        -A DOCKER_BYPASS_EXCLUSIONS -d 100.64.0.0/10 -j RETURN
        -A DOCKER_BYPASS_EXCLUSIONS -d 127.0.0.0/8 -j RETURN
        -A DOCKER_BYPASS_EXCLUSIONS -j MARK --set-xmark 0x80000/0xffffffff
        -I PREROUTING 1 -s 172.18.0.0/16 -j DOCKER_BYPASS_EXCLUSIONS
        COMMIT
        *nat
        -A POSTROUTING -s 172.19.0.0/16 -o tailscale0 -j MASQUERADE
        COMMIT
        *filter
        -A DOCKER-USER -s 172.19.0.0/16 -d 172.19.0.0/16 -j ACCEPT
        -A DOCKER-USER -s 172.19.0.0/16 ! -o tailscale0 -j DROP
        COMMIT

        """);

    /// <summary>k3s beside Docker: its rule comes first, before a jump of ours into FORWARD.</summary>
    public static void KubeRouter(FakeHost host) => host.Firewall[IpFamily.IPv4].Load(
        "*filter\n:KUBE-ROUTER-FORWARD - [0:0]\n:KUBE-POD-FW-X - [0:0]\n"
            + "-I DOCKER-USER 1 -m comment --comment \"kube-router netpol - TEMCG2JMHZYE7H7T\" -j KUBE-ROUTER-FORWARD\n"
            + "-A KUBE-ROUTER-FORWARD -d 10.42.0.8/32 -j KUBE-POD-FW-X\n-A KUBE-POD-FW-X -d 10.42.0.8/32 -j ACCEPT\nCOMMIT\n");

    private static Host Foreign(string rule) => Snapshots.Healthy().WithRule(IpFamily.IPv4, rule);

    private static Host Unreadable(string culprit)
    {
        Host host = Snapshots.Healthy();
        return host with
        {
            Live = new LiveRules(
                IpFamilies.All.ToDictionary(family => family, family => host.Live.Iptables.Saved(family).With(
                    "filter", "*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n", new UnreadableTable(culprit))),
                host.Live.AllRouting),
        };
    }

    private static Host Hide(string rules) =>
        Snapshots.Healthy(host => host.Firewall[IpFamily.IPv4, IptablesVariant.Legacy].Load(rules));

    private static void Put(FakeHost host, FakeNetwork network, params string[] containers)
    {
        int at = host.Docker.Networks.FindIndex(each => each.Name == network.Name);
        host.Docker.Networks[at] = network with { Containers = containers };
    }
}
