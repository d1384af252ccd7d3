using System.Net;

namespace TailSplit.Lab.Guide;

/// <summary>The guide's killswitch: what it does, and what it gets wrong.</summary>
[Collection(typeof(SharedGuideLab))]
public sealed class GuideKillswitchTests(GuideLab guide)
{
    private static readonly IPAddress s_foreign = IPAddress.Parse("10.99.99.99");

    [Fact]
    public async Task An_honest_ipv4_packet_leaves_by_the_tunnel_or_not_at_all()
    {
        await guide.Lab.Tailscale.Set(new());
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        Assert.Equal(Way.ExitNode, (await Lab.Ask(guide.Closed, Place.Internet.V4)).Way);
        await guide.Lab.Tailscale.ExitNodeOff();
        LeakCount leaks = await guide.Lab.Leaks.During(
            async () => Assert.Equal(Way.Nowhere, (await Lab.Ask(guide.Closed, Place.Internet.V4)).Way));
        Assert.Equal(LeakCount.None, leaks);
    }

    [Fact]
    public async Task Ipv6_leaves_by_the_isp()
    {
        await guide.Lab.Tailscale.Set(new(ExitNode: false));
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        Assert.Equal(Way.Isp, (await Lab.Ask(guide.Closed, Place.Internet.V6)).Way);
    }

    /// <summary>The drop matches the subnet, and containers may send from another: Docker grants CAP_NET_RAW.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_foreign_source_address_is_let_out(int rpFilter)
    {
        await guide.Lab.Tailscale.Set(new(ExitNode: false));
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        guide.Lab.SetRpFilter(rpFilter);
        try
        {
            LeakCount leaks = await guide.Lab.Leaks.UntilSeen(3, () =>
                Task.FromResult(RawSender.Send(guide.Closed, s_foreign, Place.Internet.V4, count: 3)));
            Assert.Equal(3, leaks.Udp);
        }
        finally
        {
            guide.Lab.SetRpFilter(2);
        }
    }

    /// <summary>DOCKER-USER comes before Docker's rule for established connections: the drop spares no reply.</summary>
    [Fact]
    public async Task A_published_port_is_not_answered_to_the_lan()
    {
        await guide.Lab.Tailscale.Set(new());
        Assert.Equal(Way.Lan, (await AskFromLan()).Way);
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        Assert.Equal(Way.Nowhere, (await AskFromLan()).Way);
    }

    /// <summary>Its ACCEPT for the subnet comes before Docker's own drop between containers.</summary>
    [Fact]
    public async Task Containers_that_docker_keeps_apart_can_talk()
    {
        Container neighbour = await guide.Lab.RunContainer("neighbour", new() { Networks = ["closed"] });
        try
        {
            IPAddress address = neighbour.Addresses[0];
            Assert.Equal(Way.Nowhere, (await Lab.AskHttp(guide.Closed, address, 80)).Way);
            await using GuideRules rules = await GuideRules.Apply(guide.Lab);
            Assert.Equal(Way.Bridge, (await Lab.AskHttp(guide.Closed, address, 80)).Way);
        }
        finally
        {
            await guide.Lab.Docker.RemoveContainer("neighbour");
        }
    }

    /// <summary>A dead tunnel is met with silence: every connection waits for its time-out.</summary>
    [Fact]
    public async Task A_closed_way_is_not_refused_at_once()
    {
        await guide.Lab.Tailscale.Set(new());
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        await guide.Lab.Tailscale.Crash();
        try
        {
            Assert.Equal(Way.Nowhere, (await Lab.Ask(guide.Closed, Place.Internet.V4)).Way);
        }
        finally
        {
            await guide.Lab.Tailscale.Recover();
        }
    }

    private Task<Answer> AskFromLan() =>
        Lab.AskHttp(guide.Lab.Topology.Lan, Place.HostLan.V4, GuideLab.KillswitchPort);
}
