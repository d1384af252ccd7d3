using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;

namespace TailSplit.Tests.Core.Diagnosis;

/// <summary>Hosts that people reported, by the name that docs/checks.md gives them.</summary>
internal static class FieldReports
{
    private static readonly FakeContainer s_seeder = new("seeder");

    public static IReadOnlyDictionary<string, Func<Host>> All { get; } =
        new Dictionary<string, Func<Host>>(StringComparer.Ordinal)
        {
            ["native nft rules in a table of iptables"] = () => Unreadable("TAILSCALE"),
            ["Tailscale's LAN rule, pref 2500"] = TroubledHosts.All["lan rule"],
            ["the same rule for all of Docker's networks, before TailSplit's"] = () => Snapshots.Healthy(
                host => host.Routes.Add(IpFamily.IPv4, "pref 5000 to 172.16.0.0/12 lookup main")),
            ["the same rule before Tailscale's"] = () => Snapshots.Healthy(
                host => host.Routes.Add(IpFamily.IPv4, "pref 5269 to 172.16.0.0/12 lookup main")),
            ["legacy iptables beside an empty nf_tables"] = () =>
                On(UsualHost.Create(IptablesVariant.Legacy), Snapshots.Both),
            ["a name server on the LAN, Engine up to 27"] = () => Names("nameserver 127.0.0.11\n# ExtServers: [192.168.1.1]\n"),
            ["a name server on the LAN, default bridge"] = () => Names("nameserver 192.168.1.1\n"),
            ["a name server on the LAN, Engine 28"] = TroubledHosts.All["names outside the killswitch"],
            ["Tailscale in the other iptables store"] = TroubledHosts.All["tailscale in the other store"],
            ["Docker left rules in the other iptables store"] = TroubledHosts.All["docker in the other store"],
            ["a reverse proxy on a killswitch network"] = TroubledHosts.All["reverse proxy"],
            ["gateways of two networks, one for each family"] = () => Snapshots.Healthy(host =>
            {
                host.Docker.Networks.RemoveAll(network => network.Name is "torrents" or "games");
                Snapshots.Put(host, UsualHost.Media);
                host.Add(new FakeNetwork("torrents")
                {
                    Subnet = [UsualHost.Torrents.Subnet[0]],
                    BridgeName = UsualHost.Torrents.Bridge,
                    Containers = [s_seeder.Name],
                });
                host.Add(UsualHost.Games with { Subnet = ["172.23.0.0/16", "fd00:23::/64"], Containers = [s_seeder.Name] });
                host.Docker.Special[s_seeder.Name] = s_seeder with { GatewayPriority = new() { ["torrents"] = 100 } };
                string bridge = host.Docker.Networks.Single(network => network.Name == "games").Bridge;
                host.Firewall[IpFamily.IPv4].Load(Masquerade("172.23.0.0/16", bridge));
                host.Firewall[IpFamily.IPv6].Load(Masquerade("fd00:23::/64", bridge));
            }),
            ["wg-quick started later"] = TroubledHosts.All["wg-quick"],
            ["Mullvad started later"] = TroubledHosts.All["mullvad"],
            ["a bridge with the LAN port in it"] = () => Snapshots.Healthy(host =>
            {
                host.Routes.AddLink("eth1");
                host.Routes.Masters["eth1"] = UsualHost.Torrents.Bridge;
            }),
            ["a subnet with host bits"] = () =>
            {
                FakeHost host = UsualHost.Create();
                host.Docker.Networks.RemoveAll(network => network.Name == "torrents");
                host.Docker.Networks.Add(UsualHost.Torrents with { Subnet = ["172.19.0.1/16", "fd00:19::/64"] });
                return On(host, Snapshots.Both);
            },
            ["two /1 routes of OpenVPN"] = () => Snapshots.Healthy(host =>
            {
                host.Routes.AddLink("tun0", "10.8.0.2/24");
                host.Routes.AddRoute(IpFamily.IPv4, 254, "0.0.0.0/1", "tun0");
                host.Routes.AddRoute(IpFamily.IPv4, 254, "128.0.0.0/1", "tun0");
            }),
            ["a VPN container with NET_ADMIN"] = () => Snapshots.Seeder(new FakeContainer("gluetun") { CapAdd = ["NET_ADMIN"] }),
            ["a privileged container"] = TroubledHosts.All["privileged"],
            ["k3s takes the first place"] = TroubledHosts.All["kube-router"],
            ["DOCKER-USER without a jump"] = TroubledHosts.All["docker user not reached"],
            ["a small tunnel and no policy"] = TroubledHosts.All["small tunnel"],
            ["a network that nothing masquerades"] = TroubledHosts.All["no masquerade"],
            ["PowerShell from a snap revision"] = () => Snapshots.Healthy(host =>
                host.Files["/etc/systemd/system/tailsplit.service"] =
                    "[Service]\nExecStart=/snap/powershell/119/opt/powershell/pwsh -NoProfile -Command x\n"),
            ["a published port and an exit node, no policy"] = () => Snapshots.Of(Snapshots.Nothing, host =>
            {
                Snapshots.Put(host, UsualHost.Games, "web");
                host.Docker.Special["web"] = new FakeContainer("web") { Publish = ["0.0.0.0:8080:80/tcp"] };
            }),
            ["a published port behind a killswitch"] = TroubledHosts.All["published port"],
            ["networkd deletes ip rules"] = TroubledHosts.All["networkd"],
            ["LAN access off"] = TroubledHosts.All["lan access off"],
            ["an accepted route over a Docker subnet"] = TroubledHosts.All["accepted route over a subnet"],
            ["a healthy host"] = () => Snapshots.Healthy(),
        };

    private static Host Unreadable(string chain) => Snapshots.Healthy(host =>
    {
        host.Nft.Dies = true;
        foreach (IpFamily family in IpFamilies.All)
        {
            host.Firewall[family].Load("*filter\nCOMMIT\n");
            host.Firewall[family].Find("filter")!.Native.Add(chain);
        }
    });

    private static string Masquerade(string subnet, string bridge) =>
        $"*nat\n-A POSTROUTING -s {subnet} ! -o {bridge} -j MASQUERADE\nCOMMIT\n";

    private static Host On(FakeHost host, string script)
    {
        Snapshots.Register(host);
        return Snapshots.Of(host, script);
    }

    private static Host Names(string resolvConf) => Snapshots.Healthy(host =>
    {
        Snapshots.Put(host, UsualHost.Torrents, s_seeder.Name);
        host.Files[s_seeder.ResolvConf] = resolvConf;
    });
}
