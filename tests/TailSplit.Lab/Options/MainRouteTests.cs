using System.Net.Sockets;
using TailSplit.Lab.Truth;

namespace TailSplit.Lab.Options;

/// <summary>Routes of table main that are not what they usually are.</summary>
[Collection(typeof(SharedOptionsLab))]
public sealed class MainRouteTests(OptionsLab split)
{
    private Lab Lab => split.Lab;

    public static TheoryData<AddressFamily, string, bool> Bypasses { get; } = new(
        from family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6]
        from mechanism in (string[])["Mark", "Route"]
        from flushed in (bool[])[false, true]
        where !flushed || mechanism == "Mark"
        select (family, mechanism, flushed));

    [Theory, MemberData(nameof(Bypasses))]
    public async Task A_bypass_without_a_default_route_in_main_is_refused_and_does_not_enter_the_tunnel(
        AddressFamily family, string mechanism, bool flushed)
    {
        string option = family is AddressFamily.InterNetwork ? "-4" : "-6";
        // The tunnel's own datagrams need a way as well.
        string outer = $"{Place.ExitNode.V4}/32 via {Place.IspGateway.V4} dev eth0";
        await Lab.Tailscale.Set(new());
        await split.Remove();
        await split.Run($"Get-DockerNetwork media | New-TailSplitBypass -Mechanism {mechanism} | Out-Null");
        Assert.Equal(Way.Isp, (await Probe.Ask(split.Media, Place.Internet.At(family))).Way);
        string route = (await Lab.Host.Run("ip", [option, "route", "show", "default", "table", "main"])).Output.Trim();
        await Lab.Host.Ip($"route add {outer}");
        await Lab.Host.Ip($"route del {route} table main", option);
        try
        {
            if (flushed)
            {
                await Layers.Both(Lab, "-t mangle -F TAILSPLIT-BYPASS");
            }

            LeakCount tunnelled = await Lab.Tunnelled.During(async () =>
            {
                foreach (Protocol protocol in (Protocol[])[Protocol.Tcp, Protocol.Udp])
                {
                    Assert.False((await Probe.Ask(split.Media, Place.Internet.At(family), protocol)).IsAnswered);
                }
            });
            Assert.Equal(LeakCount.None, tunnelled);
            Assert.True((await Probe.Ask(split.Media, Place.Tailnet.At(family))).IsAnswered);
        }
        finally
        {
            await Lab.Host.Ip($"route add {route} table main", option);
            await Lab.Host.Ip($"route del {outer}");
            await split.Remove();
        }
    }

    /// <summary>OpenVPN's redirect-gateway def1, and what a person writes by hand.</summary>
    [Theory, ClassData(typeof(Families))]
    public async Task Two_halves_of_the_internet_are_not_the_lan(AddressFamily family)
    {
        bool isV4 = family is AddressFamily.InterNetwork;
        string option = isV4 ? "-4" : "-6";
        string[] halves = isV4 ? ["0.0.0.0/1", "128.0.0.0/1"] : ["::/1", "8000::/1"];
        string gateway = isV4 ? "203.0.113.1" : "2001:db8:113::1";
        await Lab.Tailscale.Set(new(ExitNode: false));
        await split.Remove();
        await Lab.Host.Ip(string.Join('\n', halves.Select(half => $"route add {half} via {gateway} dev eth0")), option);
        try
        {
            await Lab.Leaks.Control(() => Flow(Place.Internet));
            await Layers.Killswitch(split, "-AllowPublishedPort");
            Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Flow(Place.Internet)));
            // Routing alone: the firewall tells answers from new flows, and is gone.
            await Layers.EmptyFirewall(Lab);
            Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Flow(Place.Internet)));
            // Its control: the LAN's own prefix is open to this layer.
            Assert.True((await Lab.OnLan.During(() => Flow(Place.Lan))).Udp > 0);
        }
        finally
        {
            await Lab.Host.Ip(string.Join('\n', halves.Select(half => $"route del {half} dev eth0")), option);
            await split.Remove();
        }

        async Task Flow(Place to)
        {
            await using UdpFlow flow = UdpFlow.Start(
                split.Torrents, to.At(family), TimeSpan.FromMilliseconds(2), port: 9999, sourcePort: 45000);
            await flow.SendMore(20);
        }
    }

    [Theory, ClassData(typeof(Families))]
    public async Task With_two_halves_of_the_internet_a_bypass_still_reaches_the_tailnet_by_the_tunnel(AddressFamily family)
    {
        bool isV4 = family is AddressFamily.InterNetwork;
        string option = isV4 ? "-4" : "-6";
        string[] halves = isV4 ? ["0.0.0.0/1", "128.0.0.0/1"] : ["::/1", "8000::/1"];
        string gateway = isV4 ? "203.0.113.1" : "2001:db8:113::1";
        // The tunnel's own datagrams need a way as well.
        string outer = $"{Place.ExitNode.V4}/32 via {Place.IspGateway.V4} dev eth0";
        await Lab.Tailscale.Set(new());
        await split.Remove();
        await Lab.Host.Ip($"route add {outer}");
        await Lab.Host.Ip(string.Join('\n', halves.Select(half => $"route add {half} via {gateway} dev eth0")), option);
        try
        {
            await split.Run("Get-DockerNetwork media | New-TailSplitBypass | Out-Null");
            Assert.Equal(Way.Isp, (await Probe.Ask(split.Media, Place.Internet.At(family))).Way);
            Assert.True((await Probe.Ask(split.Media, Place.Tailnet.At(family))).IsAnswered);
        }
        finally
        {
            await Lab.Host.Ip(string.Join('\n', halves.Select(half => $"route del {half} dev eth0")), option);
            await Lab.Host.Ip($"route del {outer}");
            await split.Remove();
        }
    }
}
