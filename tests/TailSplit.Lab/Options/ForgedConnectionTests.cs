using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using TailSplit.Lab.Contract;
using TailSplit.Lab.Truth;

namespace TailSplit.Lab.Options;

[Collection(typeof(SharedOptionsLab))]
public sealed class NfTablesForgedConnectionTests(OptionsLab split) : ForgedConnectionTests(split)
{
    protected override Container Neighbour => split.Seeder;
}

public sealed class LegacyForgedConnectionTests(LegacyOptionsLab split)
    : ForgedConnectionTests(split), IClassFixture<LegacyOptionsLab>
{
    protected override Container Neighbour => split.Seeder;
}

/// <summary>
/// A container forges the first packet of a connection from its victim to itself, as Docker's default NET_RAW lets it.
/// Where conntrack takes that for a connection, what the container then sends is a reply.
/// </summary>
public abstract partial class ForgedConnectionTests(SplitLab split)
{
    // Nobody's, so nothing of the forger's own kernel answers what it forges.
    private static readonly Place s_forger =
        new("forger", IPAddress.Parse("172.30.2.77"), IPAddress.Parse("2001:db8:d:2::77"));

    private static int s_port = 43000;

    private Lab Lab => split.Lab;

    /// <summary>In the forger's network.</summary>
    protected abstract Container Neighbour { get; }

    public static TheoryData<AddressFamily, int, bool> Hosts { get; } = new(
        from family in Destinations.Families
        from rpFilter in (int[])[0, 1, 2]
        // Of IPv6 the kernel checks no reverse path by itself.
        where family is AddressFamily.InterNetwork || rpFilter == 0
        from bridged in (bool[])[false, true]
        select (family, rpFilter, bridged));

    [Theory, MemberData(nameof(Hosts))]
    public async Task A_forged_connection_from_the_host_opens_no_service_of_the_host(
        AddressFamily family, int rpFilter, bool bridged)
    {
        await using SeenServer server = SeenServer.Start(Lab.Host, [Gateway(family)], [Ports.Host]);
        await Check(
            "-BlockHost", Protocol.Tcp, new(Gateway(family), Ports.Host), IsAnswered, rpFilter, bridged,
            // The kernel itself drops what is routed with an address of the host (net/ipv4/fib_frontend.c).
            isPossible: family is AddressFamily.InterNetworkV6 || bridged);
    }

    [Theory, MemberData(nameof(Hosts))]
    public async Task A_forged_connection_from_the_lan_opens_no_way_to_the_lan(
        AddressFamily family, int rpFilter, bool bridged) =>
        await Check(
            "-AllowPublishedPort", Protocol.Udp, new(Place.Lan.At(family), Ports.Http), Arrives, rpFilter, bridged,
            isPossible: family is AddressFamily.InterNetworkV6 || bridged || rpFilter != 1);

    [Theory, ClassData(typeof(Families))]
    public async Task The_network_itself_works_where_iptables_sees_what_the_bridge_forwards(AddressFamily family)
    {
        IPAddress neighbour = Neighbour.Addresses.Single(address => address.AddressFamily == family);
        await Lab.Tailscale.Set(new());
        try
        {
            SetBridgeNetfilter(true);
            await Layers.Killswitch(split, "-BlockHost -AllowPublishedPort");
            // Neighbours have to find each other first.
            await split.Torrents.Namespace.Run("ip", ["neigh", "flush", "dev", "eth0"]);
            await Neighbour.Namespace.Run("ip", ["neigh", "flush", "dev", "eth0"]);
            Assert.Equal(
                Way.Bridge, (await Probe.AskHttp(split.Torrents, neighbour, 80, TimeSpan.FromSeconds(3))).Way);

            // The neighbour routes for others: its answers bear the addresses that were asked.
            string own = (family is AddressFamily.InterNetwork ? "10.99.0.1/32" : "2001:db8:99::1/128");
            string option = family is AddressFamily.InterNetwork ? "-4" : "-6";
            await Neighbour.Namespace.Ip($"addr add {own} dev lo");
            await split.Torrents.Namespace.Ip($"route add {own} via {neighbour}", option);
            Assert.True((await Probe.AskHttp(
                split.Torrents, IPAddress.Parse(own.Split('/')[0]), 80, TimeSpan.FromSeconds(3))).IsAnswered);
            await split.Torrents.Namespace.Ip($"route del {own}", option);
            await Neighbour.Namespace.Ip($"addr del {own} dev lo");
        }
        finally
        {
            SetBridgeNetfilter(false);
            await split.Remove();
        }
    }

    private static IPAddress Gateway(AddressFamily family) =>
        IPAddress.Parse(family is AddressFamily.InterNetwork ? "172.30.2.1" : "2001:db8:d:2::1");

    private async Task Check(
        string options, Protocol protocol, IPEndPoint victim, Func<Socket, IPEndPoint, Task<bool>> reaches,
        int rpFilter, bool bridged, bool isPossible)
    {
        int before = Lab.RpFilter;
        await Lab.Tailscale.Set(new(ExitNode: false));
        try
        {
            Lab.SetRpFilter(rpFilter);
            SetBridgeNetfilter(bridged);
            await Layers.Killswitch(split, options);
            await Believe();
            Assert.Equal(isPossible, await Forge(protocol, victim, reaches));

            await Layers.Killswitch(split, options);
            Assert.False(await Forge(protocol, victim, reaches));
        }
        finally
        {
            SetBridgeNetfilter(false);
            Lab.SetRpFilter(before);
            await split.Remove();
        }
    }

    // The control: rules that accept every reply, whichever side is said to have begun.
    private async Task Believe()
    {
        string bridge = split.TorrentsNetwork.Bridge;
        await Layers.Both(Lab, $"-I TAILSPLIT-KILLSWITCH -i {bridge} -o {bridge} -j RETURN");
        foreach (string chain in (string[])["FORWARD", "INPUT"])
        {
            await Layers.Both(
                Lab, $"-I {chain} -i {bridge} -m conntrack --ctstate ESTABLISHED --ctdir REPLY -j ACCEPT");
        }
    }

    private async Task Disbelieve()
    {
        string bridge = split.TorrentsNetwork.Bridge;
        foreach (string family in (string[])["iptables", "ip6tables"])
        {
            foreach (string chain in (string[])["FORWARD", "INPUT"])
            {
                await Lab.Host.TryRun(
                    Path.Combine(Lab.Tools.Folder, family),
                    ["--wait", "-D", chain, "-i", bridge, "-m", "conntrack", "--ctstate", "ESTABLISHED", "--ctdir", "REPLY", "-j", "ACCEPT"]);
            }
        }
    }

    private async Task<bool> Forge(
        Protocol protocol, IPEndPoint victim, Func<Socket, IPEndPoint, Task<bool>> reaches)
    {
        IPEndPoint forger = new(s_forger.At(victim.AddressFamily), s_port++);
        PhysicalAddress own = await AddressOf(split.Torrents, "eth0");
        // By the bridge's address the host routes it; by another container's the bridge forwards it.
        await ForgedFrame.Send(
            split.Torrents,
            ForgedFrame.Build(
                protocol, own, await AddressOf(Lab.Host, split.TorrentsNetwork.Bridge), victim, forger),
            ForgedFrame.Build(protocol, own, await AddressOf(Neighbour, "eth0"), victim, forger));
        if (protocol is Protocol.Tcp && victim.AddressFamily is AddressFamily.InterNetworkV6)
        {
            // Until the host gives up to deliver it: the forger's own kernel would answer it.
            await Task.Delay(TimeSpan.FromSeconds(3.5));
        }

        string prefix = $"{forger.Address}/{(victim.AddressFamily is AddressFamily.InterNetwork ? "24" : "64 nodad")}";
        await split.Torrents.Namespace.Ip($"addr add {prefix} dev eth0");
        try
        {
            using Socket socket = split.Torrents.Namespace.Enter(() => Bind(protocol, forger));
            return await reaches(socket, victim);
        }
        finally
        {
            await split.Torrents.Namespace.Ip($"addr del {prefix.Split(' ')[0]} dev eth0");
            await Disbelieve();
        }
    }

    private static Socket Bind(Protocol protocol, IPEndPoint to)
    {
        Socket socket = protocol is Protocol.Tcp
            ? new(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(to);
        return socket;
    }

    private static async Task<bool> IsAnswered(Socket socket, IPEndPoint victim)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2.5));
        try
        {
            await socket.ConnectAsync(victim, limit.Token);
            return await socket.ReceiveAsync(new byte[256], limit.Token) > 0;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    // The LAN knows no way back to an address that nothing translates.
    private async Task<bool> Arrives(Socket socket, IPEndPoint victim)
    {
        LeakCount seen = await Lab.OnLan.During(async () =>
        {
            for (int sent = 0; sent < 5; sent++)
            {
                await socket.SendToAsync("?"u8.ToArray(), victim);
                await Task.Delay(100);
            }
        });
        return seen.Udp > 0;
    }

    // br_netfilter: whether iptables sees what the bridge forwards.
    private void SetBridgeNetfilter(bool on)
    {
        foreach (string family in (string[])["iptables", "ip6tables"])
        {
            Lab.Host.SetSysctl($"net.bridge.bridge-nf-call-{family}", on ? 1 : 0);
        }
    }

    private static async Task<PhysicalAddress> AddressOf(NetworkNamespace inside, string device)
    {
        string text = (await inside.Run("ip", ["-o", "link", "show", "dev", device])).Output;
        return PhysicalAddress.Parse(Ethernet().Match(text).Groups[1].Value.ToUpperInvariant().Replace(':', '-'));
    }

    [GeneratedRegex("link/ether ([0-9a-f:]+)")]
    private static partial Regex Ethernet();
}
