
namespace TailSplit.Lab.Guide;

/// <summary>Tailscale 1.96 to 1.98 restores a mark that was never saved, after the guide's rule has set it.</summary>
public sealed class GuideOnTailscale196Tests(GuideOnTailscale196Tests.Older guide)
    : IClassFixture<GuideOnTailscale196Tests.Older>
{
    /// <summary>
    /// The first datagram is marked; the second has its mark wiped, is routed into the tunnel, and dropped there with
    /// its connection, as that was masqueraded for eth0; the third is a first one again.
    /// </summary>
    [Fact]
    public async Task Every_other_datagram_is_lost()
    {
        await guide.Lab.Tailscale.RestartDaemon();
        await using GuideRules rules = await GuideRules.Apply(guide.Lab);
        await using UdpFlow flow = UdpFlow.Start(guide.Bypassed, Place.Internet.V4, TimeSpan.FromMilliseconds(5));
        await flow.SendMore(100);
        Assert.All(flow.Answers, answer => Assert.Equal(Way.Isp, answer.Way));
        Assert.InRange(flow.Answers.Count, 40, 60);
    }

    public sealed class Older() : GuideLab(new() { Layout = TailscaleLayout.From196 });
}
