using System.Net;
using System.Net.Sockets;
using TailSplit.Lab.Truth;

namespace TailSplit.Lab.Options;

/// <summary>-AllowDestination and -AllowPublishedPort open what they say, and no more.</summary>
public abstract class AllowTests(OptionsLab split)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(2);

    private static readonly string s_allowed = $"-AllowDestination {Place.Lan.V4}, {Place.Lan.V6}";

    private Lab Lab => split.Lab;

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task An_allowed_destination_opens_just_that(bool exitNode, bool lanAccess)
    {
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: true, AllowLanAccess: true));
        await Expect.Goes(split.Torrents, Place.Lan, Way.Lan);
        await Expect.Goes(split.Torrents, OptionsLab.OtherLan, Way.Lan);

        await Lab.Tailscale.Set(new(exitNode, lanAccess));
        await Layers.Killswitch(split, s_allowed);
        await Expect.Goes(split.Torrents, Place.Lan, Way.Lan);
        await Expect.Stops(split.Torrents, OptionsLab.OtherLan);
        await CheckInternet(exitNode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_allowed_destination_opens_just_that_with_the_firewall_alone(bool exitNode)
    {
        await Lab.Tailscale.Set(new(exitNode));
        await Layers.Killswitch(split, s_allowed);
        await Layers.DeleteRouting(Lab);
        await Expect.Goes(split.Torrents, Place.Lan, Way.Lan);
        await Expect.Stops(split.Torrents, OptionsLab.OtherLan);
        await CheckInternet(exitNode);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task An_allowed_destination_opens_just_that_with_routing_alone(bool exitNode, bool lanAccess)
    {
        await Lab.Tailscale.Set(new(exitNode, lanAccess));
        await Layers.Killswitch(split, s_allowed);
        await Layers.EmptyFirewall(Lab);
        await Expect.Goes(split.Torrents, Place.Lan, Way.Lan);
        await Expect.Stops(split.Torrents, OptionsLab.OtherLan);
        await CheckInternet(exitNode);
    }

    [Fact]
    public async Task An_allowed_destination_in_the_internet_is_reached_by_the_isp()
    {
        await Lab.Tailscale.Set(new());
        await Layers.Killswitch(
            split, $"-AllowDestination {OptionsLab.OtherInternet.V4}, {OptionsLab.OtherInternet.V6}");
        await Expect.Goes(split.Torrents, OptionsLab.OtherInternet, Way.Isp);
        await Expect.Goes(split.Torrents, Place.Internet, Way.ExitNode);
        await Lab.Tailscale.ExitNodeOff();
        await Expect.Goes(split.Torrents, OptionsLab.OtherInternet, Way.Isp);
        await Expect.Stops(split.Torrents, Place.Internet);
    }

    [Theory, ClassData(typeof(Families))]
    public async Task A_published_port_is_answered_to_the_lan_and_opens_no_new_flow(AddressFamily family)
    {
        IPAddress own = split.Seeder.Addresses.Single(address => address.AddressFamily == family);
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: false));
        await Lab.OnLan.Control(() => NewFlow(Place.Lan.At(family)));
        await Lab.Leaks.Control(() => NewFlow(Place.Internet.At(family)));
        await using (SeenServer.Start(split.Seeder, [own], [OptionsLab.UdpPort]))
        {
            Assert.Equal(Way.Lan, (await AskFromLan()).Way);
            await Layers.Killswitch(split);
            Assert.False((await AskFromLan()).IsAnswered);
            await Layers.Killswitch(split, "-AllowPublishedPort");
            Assert.Equal(Way.Lan, (await AskFromLan()).Way);
        }

        // Out of the published port itself, to the client that has just asked, and to others.
        Assert.Equal(0, (await Lab.OnLan.During(() => NewFlow(Place.Lan.At(family)))).Udp);
        Assert.Equal(0, (await Lab.OnLan.During(() => NewFlow(OptionsLab.OtherLan.At(family)))).Udp);
        Assert.Equal(0, (await Lab.Leaks.During(() => NewFlow(Place.Internet.At(family)))).Udp);
        await Expect.Stops(split.Seeder, Place.Lan);

        // With the ip rules gone the firewall tells replies from new flows by itself.
        await Layers.DeleteRouting(Lab);
        Assert.Equal(0, (await Lab.OnLan.During(() => NewFlow(Place.Lan.At(family)))).Udp);
        Assert.Equal(0, (await Lab.Leaks.During(() => NewFlow(Place.Internet.At(family)))).Udp);

        // And without the firewall nothing of it reaches the internet.
        await Layers.Killswitch(split, "-AllowPublishedPort");
        await Layers.EmptyFirewall(Lab);
        Assert.Equal(0, (await Lab.Leaks.During(() => NewFlow(Place.Internet.At(family)))).Udp);

        Task<Answer> AskFromLan() => Probe.Ask(
            Lab.Topology.Lan, Place.HostLan.At(family), Protocol.Udp, OptionsLab.UdpPort,
            TimeSpan.FromMilliseconds(500));

        async Task NewFlow(IPAddress to)
        {
            await using UdpFlow flow = UdpFlow.Start(
                split.Seeder, to, s_interval, port: 9999, sourcePort: OptionsLab.UdpPort);
            await flow.SendMore(20);
        }
    }

    private async Task CheckInternet(bool exitNode)
    {
        if (exitNode)
        {
            await Expect.Goes(split.Torrents, Place.Internet, Way.ExitNode);
        }
        else
        {
            await Expect.Stops(split.Torrents, Place.Internet);
        }
    }
}

[Collection(typeof(SharedOptionsLab))]
public sealed class NfTablesAllowTests(OptionsLab lab) : AllowTests(lab);

[Collection(typeof(SharedOwnTableOptionsLab))]
public sealed class OwnTableAllowTests(OwnTableOptionsLab lab) : AllowTests(lab);
