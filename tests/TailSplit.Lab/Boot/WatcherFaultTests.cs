using System.Globalization;

namespace TailSplit.Lab.Boot;

/// <summary>
/// What a watcher listens to is killed, stopped or hangs. The watcher goes on, says so, and says when it is over.
/// </summary>
public sealed class WatcherFaultTests(NfTablesBootLab boot) : IClassFixture<NfTablesBootLab>
{
    private const string AnswersAgain = "answers again.";

    // A daemon is asked every 20 s, and has 15 s to answer.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private Lab Lab => boot.Lab;

    [Theory]
    [InlineData("ip -N monitor rule", "The monitor of ip rules", Signal.Kill)]
    [InlineData("ip -N monitor rule", "The monitor of ip rules", Signal.Stop)]
    [InlineData("nft monitor", "The monitor of nf_tables", Signal.Kill)]
    [InlineData("nft monitor", "The monitor of nf_tables", Signal.Stop)]
    [InlineData("docker events", "Docker", Signal.Kill)]
    [InlineData("docker events", "Docker", Signal.Stop)]
    public async Task A_monitor_that_is_killed_or_stopped_is_reported_and_restarted(
        string program, string name, Signal signal)
    {
        await using RunningWatcher watcher = await RunningWatcher.Start(boot);

        LibC.Signal(watcher.Followed(program), signal);
        await Tells(watcher, $"SourceLost: {name} does not answer:");
        await Tells(watcher, $"{name} {AnswersAgain}");

        await watcher.Repairs("ip rules", FlushIpRules);
        await watcher.Repairs(
            "own chains",
            () => Lab.Host.Run(Path.Combine(Lab.Tools.Folder, "iptables"), ["-F", "TAILSPLIT-KILLSWITCH"]));
        Assert.Contains(program, watcher.FollowedNow, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_dockerd_is_stopped_rules_are_restored_and_that_is_reported()
    {
        await using RunningWatcher watcher = await RunningWatcher.Start(boot);
        string before = await Rules();
        int dockerd = int.Parse(
            await File.ReadAllTextAsync($"{Lab.Folder}/docker.pid", TestContext.Current.CancellationToken),
            CultureInfo.InvariantCulture);
        LibC.Signal(dockerd, Signal.Stop);
        try
        {
            // The first repair finds out that Docker hangs, and comes before it is asked. Later ones do not ask.
            for (int i = 0; i < 3; i++)
            {
                await FlushIpRules();
                await Wait.Until(async () => await Rules() == before, $"repair {i}", TimeSpan.FromSeconds(25));
            }

            await Tells(watcher, "SourceLost: Docker does not answer:");
            Assert.Equal(LeakCount.None, await Lab.Leaks.During(boot.Sent));
        }
        finally
        {
            LibC.Signal(dockerd, Signal.Continue);
        }

        await Tells(watcher, $"Docker {AnswersAgain}");
        await watcher.Repairs("ip rules", FlushIpRules);
    }

    [Fact]
    public async Task A_dockerd_that_crashes_and_returns_is_reported()
    {
        await using RunningWatcher watcher = await RunningWatcher.Start(boot);

        await Lab.Docker.Stop();
        await Tells(watcher, "SourceLost: Docker does not answer:");
        string before = await Rules();
        await FlushIpRules();
        await Wait.Until(async () => await Rules() == before, "a repair without Docker", TimeSpan.FromSeconds(25));
        await Lab.Docker.Restart();

        await Tells(watcher, $"Docker {AnswersAgain}");
    }

    [Fact]
    public async Task A_tailscaled_that_crashes_and_returns_is_reported_and_the_policy_holds()
    {
        await using RunningWatcher watcher = await RunningWatcher.Start(boot);

        await Lab.Tailscale.Crash();
        await Tells(watcher, "SourceLost: Tailscale does not answer:");
        await watcher.Repairs("ip rules", FlushIpRules);
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(boot.Sent));
        await Lab.Tailscale.Recover();

        await Tells(watcher, $"Tailscale {AnswersAgain}");
    }

    private static Task Tells(RunningWatcher watcher, string words) => Wait.Until(
        () => watcher.Log.Contains(words, StringComparison.Ordinal), $"'{words}' in\n{watcher.Log}", s_patience);

    private async Task FlushIpRules()
    {
        await Lab.Host.Run("ip", ["-4", "rule", "flush", "protocol", "84"]);
        await Lab.Host.Run("ip", ["-6", "rule", "flush", "protocol", "84"]);
    }

    private async Task<string> Rules()
    {
        ProgramOutput four = await Lab.Host.Run("ip", ["-4", "rule", "show"]);
        ProgramOutput six = await Lab.Host.Run("ip", ["-6", "rule", "show"]);
        return four.Output + six.Output;
    }
}
