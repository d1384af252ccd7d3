using System.Net;
using System.Net.Sockets;
using TailSplit.Lab.Contract;
using TailSplit.Lab.Truth;

namespace TailSplit.Lab.Options;

/// <summary>-BlockHost closes the host itself to the container, and the container not to the host.</summary>
public abstract class BlockHostTests(OptionsLab split)
{
    private const int ProxyPort = 3128;

    private static readonly Place s_gateway =
        new("gateway", IPAddress.Parse("172.30.2.1"), IPAddress.Parse("2001:db8:d:2::1"));

    private Lab Lab => split.Lab;

    [Theory]
    [InlineData("Drop", true)]
    [InlineData("Drop", false)]
    [InlineData("Reject", true)]
    public async Task The_hosts_own_addresses_are_closed(string action, bool lanAccess)
    {
        await Lab.Tailscale.Set(new(ExitNode: true, lanAccess));
        Place[] more = [s_gateway, Place.HostTailnet];
        await using SeenServer server = SeenServer.Start(
            Lab.Host, more.SelectMany(place => (IPAddress[])[place.V4, place.V6]), [Ports.Host]);
        Place[] own = [.. more, Place.HostLan, Place.HostWan];

        await Layers.Killswitch(split);
        foreach (Place place in own)
        {
            await Expect.Goes(split.Torrents, place, Way.Bridge, Ports.Host);
        }

        await Layers.Killswitch(split, $"-BlockHost -Action {action}");
        foreach (Place place in own)
        {
            await Expect.Stops(split.Torrents, place, Ports.Host);
        }

        // Others reach it as before; without LAN access Tailscale itself takes that from them (tailscale#13367).
        if (lanAccess)
        {
            await Expect.Goes(split.Plain, s_gateway, Way.Bridge, Ports.Host);
        }
    }

    [Fact]
    public Task The_host_stays_closed_when_tailscaled_restarts() => WhenTailscaledRestarts(Ports.Host, staysClosed: true);

    [Theory, ClassData(typeof(Families))]
    public async Task The_host_is_no_proxy(AddressFamily family)
    {
        await Lab.Tailscale.Set(new(ExitNode: false));
        foreach (Place place in (Place[])[s_gateway, Place.HostLan])
        {
            await using Forwarder proxy = Forwarder.Start(
                Lab.Host, new(place.At(family), ProxyPort), new(Place.Internet.At(family), Ports.Http));
            await Layers.Killswitch(split);
            Assert.Equal(Way.Isp, (await Ask()).Way);
            await Layers.Killswitch(split, "-BlockHost");
            Assert.False((await Ask()).IsAnswered);

            Task<Answer> Ask() => Probe.Ask(
                split.Torrents, place.At(family), port: ProxyPort, patience: TimeSpan.FromMilliseconds(700));
        }
    }

    /// <summary>Neither by Docker's translation nor by docker-proxy, a program on the host that listens on the same ports.</summary>
    [Theory, ClassData(typeof(Families))]
    public async Task A_published_port_of_another_network_is_not_reached_through_the_host(AddressFamily family)
    {
        await Lab.Tailscale.Set(new(ExitNode: false));
        await Layers.Killswitch(split, "-BlockHost");
        // The control: the port answers others.
        Answer control = await Probe.AskHttp(
            Lab.Topology.Lan, Place.HostLan.At(family), SplitLab.PlainPort, TimeSpan.FromSeconds(3));
        Assert.True(control.IsAnswered, $"{control}");

        foreach (Place place in (Place[])[s_gateway, Place.HostLan, Place.HostWan, Place.HostTailnet])
        {
            Answer answer = await Probe.Ask(
                split.Torrents, place.At(family), port: SplitLab.PlainPort, patience: TimeSpan.FromMilliseconds(700));
            Assert.False(answer.IsAnswered, $"{place}: {answer}");
        }
    }

    [Theory, ClassData(typeof(Families))]
    public async Task The_host_still_reaches_the_container(AddressFamily family)
    {
        await Lab.Tailscale.Set(new());
        await Layers.Killswitch(split, "-BlockHost");
        IPAddress container = split.Torrents.Addresses.Single(address => address.AddressFamily == family);
        Answer direct = await Probe.AskHttp(Lab.Host, container, 80, TimeSpan.FromSeconds(3));
        Assert.Equal(Way.Bridge, direct.Way);

        // The second by docker-proxy, which is a program on the host.
        foreach (Place place in (Place[])[Place.HostLan, Place.HostLoopback])
        {
            Answer published = await Probe.AskHttp(
                Lab.Host, place.At(family), SplitLab.TorrentsPort, TimeSpan.FromSeconds(3));
            Assert.True(published.IsAnswered, $"{place}: {published}");
        }

        Answer tailnet = await Probe.AskHttp(
            Lab.Topology.Exit, Place.HostTailnet.At(family), SplitLab.TorrentsPort, TimeSpan.FromSeconds(3));
        Assert.True(tailnet.IsAnswered, $"from the tailnet: {tailnet}");
    }

    [Theory]
    [InlineData("Drop")]
    [InlineData("Reject")]
    public async Task Neighbours_still_find_each_other(string action)
    {
        await Lab.Tailscale.Set(new());
        await Layers.Killswitch(split, $"-BlockHost -Action {action}");
        for (int round = 0; round < 2; round++)
        {
            await Lab.Host.Run("ip", ["neigh", "flush", "dev", split.TorrentsNetwork.Bridge]);
            await split.Torrents.Namespace.Run("ip", ["neigh", "flush", "dev", "eth0"]);
            await Expect.Goes(split.Torrents, Place.Tailnet, Way.Tailnet);
            await Lab.Host.Run("ip", ["neigh", "flush", "dev", split.TorrentsNetwork.Bridge]);
            await split.Torrents.Namespace.Run("ip", ["neigh", "flush", "dev", "eth0"]);
            Assert.True(
                (await Probe.AskHttp(Lab.Host, split.Torrents.Addresses[1], 80, TimeSpan.FromSeconds(3))).IsAnswered);
        }
    }

    protected async Task WhenTailscaledRestarts(int port, bool staysClosed)
    {
        await Lab.Tailscale.Set(new());
        await using SeenServer server = SeenServer.Start(Lab.Host, [s_gateway.V4, s_gateway.V6], [port]);
        await Layers.Killswitch(split);
        await Expect.Goes(split.Torrents, s_gateway, Way.Bridge, port);
        await Layers.Killswitch(split, "-BlockHost");
        await Expect.Stops(split.Torrents, s_gateway, port);

        await Lab.Tailscale.RestartDaemon();
        if (staysClosed)
        {
            await Expect.Stops(split.Torrents, s_gateway, port);
        }
        else
        {
            Assert.True((await Probe.Ask(split.Torrents, s_gateway.V4, Protocol.Udp, port)).IsAnswered);
        }
    }
}

[Collection(typeof(SharedOptionsLab))]
public sealed class NfTablesBlockHostTests(OptionsLab lab) : BlockHostTests(lab)
{
    // docs/known-limits.md: ts-input, which lets in what is for Tailscale's own port, is above our jump then.
    [Fact]
    public Task The_host_stays_closed_when_tailscaled_restarts_but_for_tailscales_own_port() =>
        WhenTailscaledRestarts(Ports.Tunnel, staysClosed: false);
}

[Collection(typeof(SharedOwnTableOptionsLab))]
public sealed class OwnTableBlockHostTests(OwnTableOptionsLab lab) : BlockHostTests(lab)
{
    [Fact]
    public Task Tailscales_own_port_stays_closed_when_tailscaled_restarts() =>
        WhenTailscaledRestarts(Ports.Tunnel, staysClosed: true);
}
