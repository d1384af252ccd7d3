using System.Net.Sockets;

namespace TailSplit.Lab.Truth;

/// <summary>Tailscale's releases and platforms, one after another on one host.</summary>
public sealed class TailscaleLayoutTests(TruthLab truth) : IClassFixture<TruthLab>
{
    public static TheoryData<string> Layouts { get; } = [.. TailscaleLayout.All.Select(layout => layout.Name)];

    [Theory, MemberData(nameof(Layouts))]
    public async Task Every_layout_carries_both_families_through_the_tunnel(string layout)
    {
        await truth.Lab.UseTailscale(TailscaleLayout.Named(layout));
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            await truth.Lab.Tailscale.Set(new());
            Assert.Equal(Way.ExitNode, (await Lab.Ask(truth.Box, Place.Internet.At(family))).Way);
            Assert.Equal(Way.Lan, (await Lab.Ask(truth.Box, Place.Lan.At(family))).Way);
            await truth.Lab.Tailscale.ExitNodeOff();
            Assert.Equal(Way.Isp, (await Lab.Ask(truth.Box, Place.Internet.At(family))).Way);
        }
    }

    /// <summary>The tunnel's own datagrams need the restored mark to pass, and the mark counts from 1.98 on.</summary>
    [Theory, MemberData(nameof(Layouts))]
    public async Task A_strict_reverse_path_check_needs_the_mark_to_be_restored_and_valid(string layout)
    {
        await truth.Lab.UseTailscale(TailscaleLayout.Named(layout));
        await truth.Lab.Tailscale.Set(new());
        truth.Lab.SetRpFilter(1);
        try
        {
            Way expected = truth.Lab.Tailscale.Layout.SrcValidMark ? Way.ExitNode : Way.Nowhere;
            Assert.Equal(expected, (await Lab.Ask(truth.Box, Place.Internet.V4)).Way);
        }
        finally
        {
            truth.Lab.SetRpFilter(2);
        }
    }

    [Fact]
    public async Task A_stopped_daemon_leaves_no_rule_behind()
    {
        await truth.Lab.Tailscale.Stop();
        string stopped = await truth.Lab.Snapshot();
        Assert.DoesNotContain("ts-", stopped, StringComparison.Ordinal);
        Assert.DoesNotContain("lookup 52", stopped, StringComparison.Ordinal);
        await truth.Lab.Tailscale.Up();
    }
}
