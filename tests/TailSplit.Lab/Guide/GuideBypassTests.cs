
namespace TailSplit.Lab.Guide;

/// <summary>The guide's bypass: what it does, and what it gets wrong.</summary>
[Collection(typeof(SharedGuideLab))]
public sealed class GuideBypassTests(GuideLab guide)
{
    [Fact]
    public async Task With_lan_access_and_a_loose_reverse_path_check_it_works()
    {
        await guide.Lab.Tailscale.Set(new());
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        Assert.Equal(Way.Isp, (await Lab.Ask(guide.Bypassed, Place.Internet.V4)).Way);
        Assert.Equal(Way.Tailnet, (await Lab.Ask(guide.Bypassed, Place.Tailnet.V4)).Way);
        Assert.Equal(Way.Tailnet, (await Lab.Ask(guide.Bypassed, Place.MagicDns.V4, port: Ports.Dns)).Way);
    }

    /// <summary>Table 52 then holds the container's own subnet: every reply goes into the tunnel.</summary>
    [Fact]
    public async Task Without_lan_access_nothing_is_answered()
    {
        await guide.Lab.Tailscale.Set(new(AllowLanAccess: false));
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        foreach (Place place in (Place[])[Place.Internet, Place.Tailnet, Place.MagicDns, Place.Lan])
        {
            Assert.Equal((place, Way.Nowhere), (place, (await Lab.Ask(guide.Bypassed, place.V4)).Way));
        }
    }

    /// <summary>Only 100.64.0.0/10 is spared from the mark: what peers advertise goes to the ISP in clear.</summary>
    [Fact]
    public async Task Accepted_subnet_routes_are_lost_and_shown_to_the_isp()
    {
        await guide.Lab.Tailscale.Set(new());
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        LeakCount leaks = await guide.Lab.Leaks.During(
            async () => Assert.False((await Lab.Ask(guide.Bypassed, Place.SubnetRoute.V4)).IsAnswered));
        Assert.True(leaks.Tcp > 0);
    }

    [Fact]
    public async Task Ipv6_is_not_bypassed()
    {
        await guide.Lab.Tailscale.Set(new());
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        Assert.Equal(Way.ExitNode, (await Lab.Ask(guide.Bypassed, Place.Internet.V6)).Way);
    }

    /// <summary>The reply carries no mark: the check finds the tunnel as its way back.</summary>
    [Fact]
    public async Task A_strict_reverse_path_check_drops_every_reply()
    {
        await guide.Lab.Tailscale.Set(new());
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        guide.Lab.SetRpFilter(1);
        try
        {
            Assert.Equal(Way.Nowhere, (await Lab.Ask(guide.Bypassed, Place.Internet.V4)).Way);
        }
        finally
        {
            guide.Lab.SetRpFilter(2);
        }
    }

    /// <summary>
    /// Tailscale hides the peer behind the bridge's address, so the reply is not spared from the mark, and leaves by
    /// the ISP.
    /// </summary>
    [Fact]
    public async Task A_published_port_is_not_answered_to_the_tailnet_once_tailscaled_restarts()
    {
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        await guide.Lab.Tailscale.RestartDaemon();
        await guide.Lab.Tailscale.Set(new());
        Answer answer = await Lab.AskHttp(guide.Lab.Topology.Exit, Place.HostTailnet.V4, GuideLab.BypassPort);
        Assert.Equal(Way.Nowhere, answer.Way);
    }

    [Fact]
    public async Task Foreign_marks_are_cleared()
    {
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        Assert.Contains("--set-xmark 0x80000/0xffffffff", await guide.Lab.Snapshot(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_ends_in_an_error()
    {
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        await Assert.ThrowsAsync<InvalidOperationException>(rules.ApplyAgain);
    }
}
