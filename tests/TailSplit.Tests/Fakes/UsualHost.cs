using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Tests.Fakes.Docker;

namespace TailSplit.Tests.Fakes;

/// <summary>A host as people have them: Docker 28 with a few networks, Tailscale up with an exit node.</summary>
internal static class UsualHost
{
    public static FakeNetwork Media { get; } = new("media")
    {
        Subnet = ["172.18.0.0/16"],
        Containers = ["jellyfin", "sonarr"],
        Labels = new() { ["tier"] = "open", ["team"] = "video" },
    };

    public static FakeNetwork Torrents { get; } = new("torrents")
    {
        Subnet = ["172.19.0.0/16", "fd00:19::/64"],
        BridgeName = "br-torrents",
        Labels = new() { ["tier"] = "closed" },
    };

    public static FakeNetwork Games { get; } = new("games") { Subnet = ["172.20.0.0/16"] };

    /// <param name="store">Where <c>iptables</c> keeps its rules.</param>
    public static FakeHost Create(IptablesVariant store = IptablesVariant.Nft)
    {
        FakeHost host = new();
        host.Firewall.Usual = store;
        UsualFiles.Write(host.Files);
        host.Routes.AddLink("lo", "127.0.0.1/8", "::1/128");
        host.Routes.AddLink("eth0", "192.168.1.10/24", "fd00:1::10/64");
        host.Routes.AddLink("tailscale0", "100.101.102.103/32", "fd7a:115c:a1e0::1/128");
        host.Firewall[IpFamily.IPv4].Load(UsualRules.Docker + UsualRules.Tailscale);
        host.Firewall[IpFamily.IPv6].Load(UsualRules.Docker + UsualRules.Tailscale);
        foreach (IpFamily family in IpFamilies.All)
        {
            host.Routes.Add(family, "pref 5210 fwmark 0x80000/0xff0000 lookup main");
            host.Routes.Add(family, "pref 5230 fwmark 0x80000/0xff0000 lookup default");
            host.Routes.Add(family, "pref 5270 lookup 52");
            host.Routes.AddRoute(family, 52, "default", "tailscale0");
            host.Routes.AddRoute(family, 254, "default", "eth0");
        }

        host.Routes.AddRoute(IpFamily.IPv4, 52, "100.100.100.100", "tailscale0");
        host.Routes.AddRoute(IpFamily.IPv6, 52, "fd7a:115c:a1e0::53", "tailscale0");
        host.Add(new FakeNetwork("bridge") { Subnet = ["172.17.0.0/16"], BridgeName = "docker0" });
        host.Add(new FakeNetwork("host") { Driver = "host" });
        host.Add(new FakeNetwork("none") { Driver = "null" });
        host.Add(Media);
        host.Add(Torrents);
        host.Add(Games);
        foreach (FakeNetwork network in (FakeNetwork[])[Media, Torrents, Games])
        {
            foreach (string subnet in network.Subnet)
                host.Firewall[Cidr.Parse(subnet).Family].Load(UsualRules.Of(network.Bridge, subnet));
        }

        host.Add(new FakeNetwork("vault") { Subnet = ["172.21.0.0/16"], Internal = true });
        host.Add(new FakeNetwork("lan") { Driver = "macvlan", Subnet = ["192.168.1.0/24"] });
        host.Add(new FakeNetwork("vlan") { Driver = "ipvlan", Subnet = ["192.168.2.0/24"] });
        host.Add(new FakeNetwork("swarm") { Driver = "overlay", Subnet = ["10.0.9.0/24"] });
        return host;
    }

    /// <summary><c>docker network create</c>.</summary>
    public static FakeHost Add(this FakeHost host, FakeNetwork network)
    {
        host.Docker.Networks.Add(network);
        if (network.Driver != "bridge")
            return host;

        host.Routes.AddLink(network.Bridge, [.. network.GatewayAddresses]);
        foreach (string subnet in network.Subnet)
        {
            IpFamily family = Cidr.Parse(subnet).Family;
            // With LAN access on, tailscaled leaves what is the host's own to the main table.
            if (host.Tailscale is { AllowLanAccess: true, ExitNode: true })
                host.Routes.AddThrow(family, 52, subnet);
        }

        return host;
    }

    /// <summary>The bridges of the daemon are on another host.</summary>
    public static void RemoveBridges(this FakeHost host)
    {
        foreach (FakeNetwork network in host.Docker.Networks)
            host.Routes.RemoveLink(network.Bridge);
    }

    /// <summary><c>docker network rm</c>.</summary>
    public static void Remove(this FakeHost host, FakeNetwork network)
    {
        host.Docker.Networks.Remove(network);
        host.Routes.RemoveLink(network.Bridge);
        foreach (IpFamily family in IpFamilies.All)
        {
            host.Firewall[family].Delete($"-i {network.Bridge} -j ACCEPT");
            host.Firewall[family].Delete($"! -o {network.Bridge} -j MASQUERADE");
        }
    }
}
