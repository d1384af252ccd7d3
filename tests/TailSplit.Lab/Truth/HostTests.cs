using System.Net.Sockets;

namespace TailSplit.Lab.Truth;

/// <summary>The host's own traffic.</summary>
[Collection(typeof(SharedTruthLab))]
public sealed class HostTests(TruthLab truth)
{
    [Theory, ClassData(typeof(Families))]
    public async Task The_host_itself_follows_the_exit_node(AddressFamily family)
    {
        await truth.Lab.Tailscale.ExitNodeOn();
        Assert.Equal(Way.ExitNode, (await Lab.Ask(truth.Lab.Host, Place.Internet.At(family))).Way);
        await truth.Lab.Tailscale.ExitNodeOff();
        Assert.Equal(Way.Isp, (await Lab.Ask(truth.Lab.Host, Place.Internet.At(family))).Way);
    }

    [Theory, ClassData(typeof(Families))]
    public async Task The_host_reaches_tailnet_lan_and_itself(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new());
        Assert.Equal(Way.Tailnet, (await Lab.Ask(truth.Lab.Host, Place.Tailnet.At(family))).Way);
        Assert.Equal(Way.Lan, (await Lab.Ask(truth.Lab.Host, Place.Lan.At(family))).Way);
        Answer itself = await Lab.Ask(truth.Lab.Host, Place.HostLoopback.At(family), port: Ports.Host);
        Assert.Equal(Way.Loopback, itself.Way);
    }

    [Fact]
    public async Task A_closed_port_refuses_at_once()
    {
        Answer answer = await Lab.Ask(truth.Lab.Host, Place.Internet.V4, port: 9);
        Assert.Equal((Way.Refused, SocketError.ConnectionRefused), (answer.Way, answer.Error));
    }
}
