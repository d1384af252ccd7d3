namespace TailSplit.Lab;

/// <summary>
/// Five namespaces joined by veth:
/// <code>
/// inet 198.51.100.10 --- isp 203.0.113.1 --- eth0 203.0.113.2 host 10.0.0.5 lan0 --- lan 10.0.0.20
///                         |
///                         exit 192.0.2.77 (tailnet 100.64.0.9, subnet router for 10.77.0.0/24)
/// </code>
/// </summary>
public sealed class Topology : IAsyncDisposable
{
    private readonly List<NetworkNamespace> _all = [];

    public required NetworkNamespace Inet { get; init; }

    public required NetworkNamespace Isp { get; init; }

    public required NetworkNamespace Exit { get; init; }

    public required NetworkNamespace Lan { get; init; }

    public required NetworkNamespace Host { get; init; }

    public static async Task<Topology> Create(string prefix)
    {
        List<NetworkNamespace> made = [];
        try
        {
            foreach (string name in (string[])["inet", "isp", "exit", "lan", "host"])
            {
                made.Add(await NetworkNamespace.Create($"{prefix}-{name}"));
                ForgoDuplicateAddressDetection(made[^1]);
                made[^1].ForgoRepeats();
            }

            Topology topology = new()
            {
                Inet = made[0],
                Isp = made[1],
                Exit = made[2],
                Lan = made[3],
                Host = made[4],
            };
            topology._all.AddRange(made);
            await topology.Connect();
            return topology;
        }
        catch
        {
            await Delete(made);
            throw;
        }
    }

    public ValueTask DisposeAsync() => Delete(_all);

    private static async ValueTask Delete(List<NetworkNamespace> namespaces)
    {
        foreach (NetworkNamespace one in namespaces)
        {
            await one.DisposeAsync();
        }
    }

    // Addresses are usable at once, and no router is asked for.
    private static void ForgoDuplicateAddressDetection(NetworkNamespace one)
    {
        foreach (string scope in (string[])["all", "default"])
        {
            one.SetSysctl($"net.ipv6.conf.{scope}.accept_dad", 0);
            one.SetSysctl($"net.ipv6.conf.{scope}.accept_ra", 0);
            one.SetSysctl($"net.ipv6.conf.{scope}.router_solicitations", 0);
        }
    }

    private async Task Connect()
    {
        Isp.SetSysctl("net.ipv4.ip_forward", 1);
        Isp.SetSysctl("net.ipv6.conf.all.forwarding", 1);
        Exit.SetSysctl("net.ipv4.ip_forward", 1);
        Exit.SetSysctl("net.ipv6.conf.all.forwarding", 1);
        await Isp.Ip(
            $"""
            link set lo up
            link add inet type veth peer name eth0 netns {Inet}
            link add exit type veth peer name eth0 netns {Exit}
            link add host type veth peer name eth0 netns {Host}
            addr add 198.51.100.1/24 dev inet
            addr add 2001:db8:51::1/64 dev inet
            addr add 192.0.2.1/24 dev exit
            addr add 2001:db8:77::1/64 dev exit
            addr add 203.0.113.1/24 dev host
            addr add 2001:db8:113::1/64 dev host
            link set inet up
            link set exit up
            link set host up
            route add 2001:db8:d::/48 via 2001:db8:113::2
            """);
        await Inet.Ip(
            """
            link set lo up
            link set eth0 up
            addr add 198.51.100.10/24 dev eth0
            addr add 2001:db8:51::10/64 dev eth0
            addr add 198.51.100.53/24 dev eth0
            addr add 2001:db8:51::53/64 dev eth0
            route add default via 198.51.100.1
            route add default via 2001:db8:51::1
            """);
        await Exit.Ip(
            """
            link set lo up
            link set eth0 up
            addr add 192.0.2.77/24 dev eth0
            addr add 2001:db8:77::77/64 dev eth0
            addr add 10.77.0.1/32 dev lo
            addr add fd00:77::1/128 dev lo
            addr add 100.100.100.100/32 dev lo
            addr add fd7a:115c:a1e0::53/128 dev lo
            route add default via 192.0.2.1
            route add default via 2001:db8:77::1
            """);
        await Host.Ip(
            $"""
            link set lo up
            link add lan0 type veth peer name eth0 netns {Lan}
            link set eth0 up
            link set lan0 up
            addr add 203.0.113.2/24 dev eth0
            addr add 2001:db8:113::2/64 dev eth0
            addr add 10.0.0.5/24 dev lan0
            addr add fd00:10::5/64 dev lan0
            route add default via 203.0.113.1
            route add default via 2001:db8:113::1
            """);
        await Lan.Ip(
            """
            link set lo up
            link set eth0 up
            addr add 10.0.0.20/24 dev eth0
            addr add fd00:10::20/64 dev eth0
            """);
        await Exit.Run("nft", ["-f", "-"], ExitNodeRules);
    }

    // WireGuard lets in only what a peer's AllowedIPs name: a foreign source ends at the exit node.
    private const string ExitNodeRules =
        """
        table inet exit {
            chain arriving {
                type filter hook prerouting priority -300
                iifname "tailscale0" meta nfproto ipv4 ip saddr != 100.101.102.103 counter drop
                iifname "tailscale0" meta nfproto ipv6 ip6 saddr != { fd7a:115c:a1e0::103, fe80::/10 } counter drop
            }
            chain leaving {
                type nat hook postrouting priority srcnat
                oifname "eth0" ip saddr 100.64.0.0/10 masquerade
                oifname "eth0" ip6 saddr fd7a:115c:a1e0::/48 masquerade
            }
        }
        """;
}
