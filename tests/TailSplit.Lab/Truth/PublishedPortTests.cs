using System.Net.Sockets;

namespace TailSplit.Lab.Truth;

/// <summary>Who gets an answer from a published port.</summary>
[Collection(typeof(SharedTruthLab))]
public sealed class PublishedPortTests(TruthLab truth)
{
    [Theory, ClassData(typeof(Families))]
    public async Task Without_an_exit_node_everyone_is_answered(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new(ExitNode: false));
        Assert.Equal(Way.Lan, await Ask(truth.Lab.Topology.Lan, Place.HostLan, family));
        Assert.Equal(Way.Internet, await Ask(truth.Lab.Topology.Inet, Place.HostWan, family));
        Assert.NotEqual(Way.Nowhere, await Ask(truth.Lab.Topology.Exit, Place.HostTailnet, family));
        Assert.Equal(Way.Bridge, await Ask(truth.Lab.Host, Place.HostLoopback, family));
    }

    /// <summary>tailscale#9164: the reply follows the default route of table 52.</summary>
    [Theory, ClassData(typeof(Families))]
    public async Task With_an_exit_node_the_internet_is_not_answered(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new());
        Assert.Equal(Way.Nowhere, await Ask(truth.Lab.Topology.Inet, Place.HostWan, family));
        Assert.Equal(Way.Lan, await Ask(truth.Lab.Topology.Lan, Place.HostLan, family));
        Assert.NotEqual(Way.Nowhere, await Ask(truth.Lab.Topology.Exit, Place.HostTailnet, family));
    }

    /// <summary>tailscale#10205: with Docker's chains first, the container would see the peer itself.</summary>
    [Theory, ClassData(typeof(Families))]
    public async Task A_container_sees_the_bridge_ask_for_the_tailnet_once_ts_forward_is_first(AddressFamily family)
    {
        await truth.Lab.Tailscale.RestartDaemon();
        Assert.Equal(Way.Bridge, await Ask(truth.Lab.Topology.Exit, Place.HostTailnet, family));
    }

    private static async Task<Way> Ask(NetworkNamespace from, Place host, AddressFamily family) =>
        (await Lab.AskHttp(from, host.At(family), TruthLab.Published)).Way;
}
