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

        // TCP besides is what an earlier test's connections, cut by an outage, still send again.
        Assert.Equal(1, udp.Udp);
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
        Assert.Equal(0, leaks.Total);
        Assert.True(await truth.Lab.Tunnelled.Count() is { Tcp: > 2 });
    }

    [Fact]
    public async Task A_control_that_is_not_seen_is_an_error()
    {
        await truth.Lab.Tailscale.Set(new(ExitNode: false));
        await truth.Lab.Leaks.Control(() => Lab.Ask(truth.Box, Place.Internet.V4));
        Assert.Equal(0, (await truth.Lab.Leaks.Count()).Total);
        await Assert.ThrowsAsync<InvalidOperationException>(() => truth.Lab.Leaks.Control(() => Task.CompletedTask));
    }

    [Fact]
    public async Task What_goes_to_the_lan_is_counted_there()
    {
        await truth.Lab.Tailscale.Set(new());
        LeakCount lan = await truth.Lab.OnLan.During(() => Lab.Ask(truth.Box, Place.Lan.V4, Protocol.Udp));
        Assert.Equal(1, lan.Udp);
    }
}
