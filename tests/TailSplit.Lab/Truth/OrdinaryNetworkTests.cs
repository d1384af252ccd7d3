using System.Net.Sockets;

namespace TailSplit.Lab.Truth;

/// <summary>Without TailSplit: where an ordinary network's packets go.</summary>
[Collection(typeof(SharedTruthLab))]
public sealed class OrdinaryNetworkTests(TruthLab truth)
{
    [Theory, ClassData(typeof(Families))]
    public async Task A_container_leaves_by_the_exit_node_while_there_is_one(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new());
        Assert.Equal(Way.ExitNode, await Leaves(family, Protocol.Tcp));
        Assert.Equal(Way.ExitNode, await Leaves(family, Protocol.Udp));
    }

    [Theory, ClassData(typeof(Families))]
    public async Task A_container_leaves_by_the_isp_while_there_is_no_exit_node(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new(ExitNode: false));
        Assert.Equal(Way.Isp, await Leaves(family, Protocol.Tcp));
        Assert.Equal(Way.Isp, await Leaves(family, Protocol.Udp));
    }

    [Theory, ClassData(typeof(Families))]
    public async Task The_tailnet_is_reached_through_the_tunnel_with_or_without_an_exit_node(AddressFamily family)
    {
        foreach (bool exitNode in (bool[])[true, false])
        {
            await truth.Lab.Tailscale.Set(new(exitNode));
            foreach (Place place in (Place[])[Place.Tailnet, Place.SubnetRoute, Place.MagicDns])
            {
                Answer answer = await Lab.Ask(truth.Box, place.At(family), Protocol.Udp, Ports.Dns);
                Assert.Equal((place, Way.Tailnet), (place, answer.Way));
            }
        }
    }

    [Theory, ClassData(typeof(Families))]
    public async Task The_lan_is_reached_directly_while_lan_access_is_on(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new());
        Answer answer = await Lab.Ask(truth.Box, Place.Lan.At(family));
        Assert.Equal(Way.Lan, answer.Way);
    }

    [Theory, ClassData(typeof(Families))]
    public async Task The_host_is_reached_over_the_bridge(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new());
        Answer answer = await Lab.Ask(truth.Box, Place.HostLan.At(family), port: Ports.Host);
        Assert.Equal(Way.Bridge, answer.Way);
    }

    /// <summary>tailscale#13367: table 52 then holds Docker's subnets, too.</summary>
    [Theory, ClassData(typeof(Families))]
    public async Task Without_lan_access_a_container_reaches_nothing_at_all(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new(AllowLanAccess: false));
        Place[] everything = [Place.Internet, Place.Tailnet, Place.SubnetRoute, Place.MagicDns, Place.Lan];
        Answer[] answers = await Task.WhenAll(everything.Select(place => Lab.Ask(truth.Box, place.At(family))));
        Assert.All(answers, answer => Assert.Equal(Way.Nowhere, answer.Way));
    }

    private async Task<Way> Leaves(AddressFamily family, Protocol protocol) =>
        (await Lab.Ask(truth.Box, Place.Internet.At(family), protocol)).Way;
}
