using TailSplit.Lab.Options;

namespace TailSplit.Lab.Podman;

/// <summary>The watcher beside a real Podman, which before 5.4 prints no event for a new network.</summary>
public sealed class PodmanWatchTests(PodmanLab podman) : IClassFixture<PodmanLab>
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(12);

    private Lab Lab => podman.Lab;

    [Fact]
    public async Task Labelled_networks_get_their_policies_as_they_come_and_go()
    {
        await podman.Clear();
        await using BackgroundProgram watcher = Watch();
        try
        {
            await Begun(watcher);
            await FollowsNetworks(watcher);
        }
        finally
        {
            // Under systemd its control group would end with it.
            int[] followed = watcher.IsRunning ? [.. ChildProcesses.Of(watcher.Id).Select(child => child.Id)] : [];
            await watcher.Stop(Signal.Kill);
            foreach (int id in followed)
            {
                LibC.Signal(id, Signal.Kill);
            }
        }

        Assert.DoesNotContain("Docker", watcher.Log, StringComparison.Ordinal);
    }

    private static async Task Begun(BackgroundProgram watcher)
    {
        await Reaches(
            watcher,
            () => Task.FromResult(watcher.Log.Contains("Watching.", StringComparison.Ordinal) || !watcher.IsRunning),
            TimeSpan.FromSeconds(60));
        Assert.True(watcher.IsRunning, watcher.Log);
        // Its programs start beside it.
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
    }

    private async Task FollowsNetworks(BackgroundProgram watcher)
    {
        Dictionary<string, string> shut = new() { ["tailsplit.policy"] = "killswitch" };
        PodmanNetwork network = await podman.Podman.CreateNetwork("watched", "172.30.5.0/24", "2001:db8:d:5::/64", shut);
        try
        {
            await Reaches(watcher, () => Has("watched", "Active"));
            Container box = await podman.RunIn(network, "watched");
            Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(box, Place.Internet)));

            // netavark put its jump first: the watcher moves ours.
            await Layers.Both(Lab, "-F FORWARD");
            await podman.Podman.Podman("network", "reload", "watched");
            await Reaches(watcher, () => Has("watched", "Active"));
            Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(box, Place.Internet)));

            await podman.Podman.RemoveContainer("watched");
            await podman.Podman.RemoveNetwork("watched");
            await Reaches(watcher, () => Has("watched", ""));
        }
        finally
        {
            await podman.Podman.TryPodman("rm", "--force", "--time=0", "watched");
            await podman.Podman.TryPodman("network", "rm", "watched");
        }
    }

    private BackgroundProgram Watch() =>
        BackgroundProgram.Start(
            "nsenter",
            [
                $"--net={Lab.Host.FilePath}", .. podman.Podman.Within,
                .. Pwsh.Command("Watch-TailSplitPolicy -Label | ForEach-Object { \"$_\" }"),
            ],
            new Dictionary<string, string> { ["PATH"] = Lab.Tools.SearchPath, ["POWERSHELL_TELEMETRY_OPTOUT"] = "1" });

    private static async Task Reaches(BackgroundProgram watcher, Func<Task<bool>> condition, TimeSpan? limit = null)
    {
        try
        {
            await Wait.Until(condition, "the watcher", limit ?? s_soon);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}\n{watcher.Log}", exception);
        }
    }

    private async Task<bool> Has(string policy, string state) =>
        (await podman.Run($"(Get-TailSplitPolicy | Where-Object Name -eq {policy}).State")).Trim() == state;
}
