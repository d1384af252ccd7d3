using System.Net.Sockets;

namespace TailSplit.Lab.Truth;

/// <summary>A counter that sees nothing proves nothing: these are its controls.</summary>
[Collection(typeof(SharedTruthLab))]
public sealed class LeakCounterTests(TruthLab truth)
{
    [Theory, ClassData(typeof(Families))]
    public async Task What_leaves_by_the_isp_is_counted(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new(ExitNode: false));
        LeakCount tcp = await truth.Lab.Leaks.During(() => Lab.Ask(truth.Box, Place.Internet.At(family)));
        Assert.True(tcp is { Tcp: > 2, Udp: 0, Other: 0 }, $"{tcp}");
        LeakCount udp = await truth.Lab.Leaks.During(() => Lab.Ask(truth.Box, Place.Internet.At(family), Protocol.Udp));
        Assert.True(udp is { Udp: 1, Tcp: 0, Other: 0 }, $"{udp}");
        Assert.True(family is AddressFamily.InterNetwork || udp.V6 > 0, $"{udp}");
    }

    [Theory, ClassData(typeof(Families))]
    public async Task What_leaves_through_the_tunnel_is_no_leak(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new());
        LeakCount leaks = await truth.Lab.Leaks.During(async () =>
        {
            await truth.Lab.Tunnelled.Reset();
            await Lab.Ask(truth.Box, Place.Internet.At(family));
        });
        Assert.Equal(LeakCount.None, leaks);
        Assert.True(await truth.Lab.Tunnelled.Count() is { Tcp: > 2 });
    }

    [Fact]
    public async Task A_control_that_is_not_seen_is_an_error()
    {
        await truth.Lab.Tailscale.Set(new(ExitNode: false));
        await truth.Lab.Leaks.Control(() => Lab.Ask(truth.Box, Place.Internet.V4));
        Assert.Equal(LeakCount.None, await truth.Lab.Leaks.Count());
        await Assert.ThrowsAsync<InvalidOperationException>(() => truth.Lab.Leaks.Control(() => Task.CompletedTask));
    }

    /// <summary>Else the next test would count what is still sent for a question of this one.</summary>
    [Fact]
    public async Task A_lost_reply_is_not_sent_again()
    {
        await truth.Lab.Tailscale.Set(new());
        Answer lost = await Lab.AskHttp(truth.Lab.Topology.Inet, Place.HostWan.V4, TruthLab.Published);
        Assert.Equal(Way.Nowhere, lost.Way);
        await truth.Lab.Tailscale.Set(new(ExitNode: false));

        // By the kernel's own timing the answer would be sent again after 1, 3 and 7 seconds.
        Assert.Equal(LeakCount.None, await truth.Lab.Leaks.During(() => Task.Delay(TimeSpan.FromSeconds(2.5))));
    }

    [Fact]
    public async Task A_packet_to_the_lan_is_counted_there()
    {
        await truth.Lab.Tailscale.Set(new());
        LeakCount lan = await truth.Lab.OnLan.During(() => Lab.Ask(truth.Box, Place.Lan.V4, Protocol.Udp));
        Assert.Equal(1, lan.Udp);
    }
}
