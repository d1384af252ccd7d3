using TailSplit.Lab.Options;

namespace TailSplit.Lab.Transitions;

/// <summary>dockerd restarts, with a container that comes back by itself and sends from its first instant on.</summary>
[Collection(typeof(DockerTransitions))]
public sealed class DaemonRestartTests(DockerLab split)
{
    private Lab Lab => split.Lab;

    [Fact]
    public async Task Nothing_leaks_while_dockerd_and_then_tailscaled_restart()
    {
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: false));
        await Lab.RunContainer("flood", Flood.In("torrents"));
        try
        {
            // The control: without a policy the container leaks as soon as it is back.
            LeakCount control = await Restart();
            Assert.True(
                control is { Udp: > 2, Icmp: > 2, V6: > 2 },
                $"The control saw no leak, so the test is void: {control}");

            await split.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch | Out-Null");
            await Lab.Leaks.Reset();
            await NothingLeaks("exit node off");

            await Lab.Tailscale.ExitNodeOn();
            await NothingLeaks("exit node on");
            Assert.True((await Lab.Tunnelled.During(Sent)) is { Icmp: > 2 }, "Nothing came out of the tunnel.");

            // Docker has its chains first; now ts-forward is above DOCKER-USER again.
            Assert.StartsWith("-A FORWARD -j DOCKER-USER", await FirstOfForward(), StringComparison.Ordinal);
            Assert.Equal(LeakCount.None, await Lab.Leaks.During(Lab.Tailscale.RestartDaemon));
            Assert.StartsWith("-A FORWARD -j ts-forward", await FirstOfForward(), StringComparison.Ordinal);
            await Lab.Tailscale.ExitNodeOff();
            Assert.Equal(LeakCount.None, await Lab.Leaks.During(Sent));
            Assert.Equal("Active", await State());
        }
        finally
        {
            await Lab.Docker.TryDocker("rm", "--force", "flood");
        }
    }

    private async Task NothingLeaks(string when)
    {
        LeakCount leaks = await Restart();
        Assert.True(leaks.Total == 0, $"{when}: leaked {leaks}");
        Assert.Equal("Active", await State());
    }

    private Task<LeakCount> Restart() => Lab.Leaks.During(async () =>
    {
        await Lab.Docker.Restart();
        await Sent();
    });

    private Task Sent() => Flood.UntilSent(Lab, split.TorrentsNetwork.Bridge, 100);

    private async Task<string> FirstOfForward() =>
        (await Layers.Iptables(Lab, "iptables", "-S FORWARD")).Output.Split('\n')[1];

    private async Task<string> State() => (await split.Run("(Get-TailSplitPolicy torrents).State.ToString()")).Trim();
}
