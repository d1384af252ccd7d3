using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab.Truth;

/// <summary>The lab's own instruments.</summary>
[Collection(typeof(SharedTruthLab))]
public sealed class ProbeTests(TruthLab truth)
{
    /// <summary>Docker's MASQUERADE is for the subnet alone: a foreign source goes out as it is.</summary>
    [Theory]
    [InlineData("10.99.99.99")]
    [InlineData("2001:db8:bad::1")]
    public async Task A_foreign_source_address_reaches_the_isp(string source)
    {
        await truth.Lab.Tailscale.Set(new(ExitNode: false));
        IPAddress spoofed = IPAddress.Parse(source);
        LeakCount leaks = await truth.Lab.Leaks.UntilSeen(5, () =>
        {
            Assert.True(RawSender.Send(truth.Box, spoofed, Place.Internet.At(spoofed.AddressFamily), count: 5));
            return Task.CompletedTask;
        });
        Assert.Equal(5, leaks.Udp);
    }

    [Theory, ClassData(typeof(Families))]
    public async Task A_flow_shows_the_way_that_each_datagram_took(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new());
        await using UdpFlow flow = UdpFlow.Start(truth.Box, Place.Internet.At(family), TimeSpan.FromMilliseconds(5));
        await flow.UntilAnswered(Way.ExitNode);
        await truth.Lab.Tailscale.ExitNodeOff();
        await flow.UntilAnswered(Way.Isp);
        await truth.Lab.Tailscale.ExitNodeOn();
        await flow.UntilAnswered(Way.ExitNode);
    }

    [Fact]
    public async Task A_snapshot_is_the_same_while_nothing_changes()
    {
        string before = await truth.Lab.Snapshot();
        await truth.Lab.Tailscale.ExitNodeOff();
        await Lab.Ask(truth.Box, Place.Internet.V4);
        await truth.Lab.Tailscale.ExitNodeOn();
        Assert.Equal(before, await truth.Lab.Snapshot());
        Assert.Contains("-A FORWARD -j ts-forward", before, StringComparison.Ordinal);
        Assert.Contains("5270: from all lookup 52", before, StringComparison.Ordinal);
    }
}
