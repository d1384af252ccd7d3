
namespace TailSplit.Lab.Contract;

/// <summary>A killswitch says no at once, so that a program fails instead of hanging.</summary>
public sealed class RefusalTests(LabFrom1100 split) : IClassFixture<LabFrom1100>
{
    [Fact]
    public async Task A_killswitch_refuses_at_once()
    {
        Lab lab = split.Lab;
        await split.Apply();
        await lab.Tailscale.ExitNodeOff();
        // The kernel says it once a second to each sender, after a first few.
        foreach (Place to in (Place[])[Place.Internet, Place.Lan])
        {
            foreach (System.Net.Sockets.AddressFamily family in Destinations.Families)
            {
                await Task.Delay(1100, TestContext.Current.CancellationToken);
                // Over a veth the refusal comes while connect(2) still holds the socket, which takes it to heart with
                // the first retransmission only, after a second (net/ipv4/tcp_ipv4.c, tcp_v4_err).
                Answer answer = await Probe.Ask(split.Torrents, to.At(family), patience: TimeSpan.FromSeconds(3));
                Assert.True(answer.Way == Way.Refused, $"{to} {family}: {answer}");
            }
        }
    }
}
