using System.Diagnostics;
using TailSplit.Lab.Options;

namespace TailSplit.Lab.Boot;

/// <summary>The watcher as its unit starts it, while others take rules away, and networks come and go.</summary>
public sealed class WatcherTests(NfTablesBootLab boot) : IClassFixture<NfTablesBootLab>
{
    // Within a second on a machine that has nothing else to do, which this one is not.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(6);

    private Lab Lab => boot.Lab;

    [Fact]
    public async Task Whatever_is_taken_away_comes_back_and_nothing_leaks_meanwhile()
    {
        // The control: without a policy the flood is seen.
        await boot.Run("Remove-TailSplitPolicy torrents | Out-Null");
        await Lab.Leaks.Control(boot.Sent);
        await boot.Run("New-TailSplitKillswitch torrents | Out-Null");
        await using BackgroundProgram watcher = await Watch();
        string tools = Lab.Tools.Folder;
        LeakCount leaks = await Lab.Leaks.During(async () =>
        {
            await Repaired("ip rules", async () =>
            {
                await Lab.Host.Run("ip", ["-4", "rule", "flush", "protocol", "84"]);
                await Lab.Host.Run("ip", ["-6", "rule", "flush", "protocol", "84"]);
            });
            await Repaired(
                "own chains", () => Lab.Host.Run(Path.Combine(tools, "iptables"), ["-F", "TAILSPLIT-KILLSWITCH"]));
            await Repaired("the jump", () => Lab.Host.Run(Path.Combine(tools, "ip6tables"), ["-F", "DOCKER-USER"]));
            await boot.Sent();
        });
        Assert.True(leaks.Total == 0, $"Leaked: {leaks}\n{watcher.Log}");

        // Docker's rules go as well, and do not come back by us.
        leaks = await Lab.Leaks.During(async () =>
        {
            await Lab.Host.Run("nft", ["flush", "ruleset"]);
            await Until("everything", async () => (await State()) == "Active");
            await boot.Sent();
        });
        Assert.True(leaks.Total == 0, $"Leaked: {leaks}\n{watcher.Log}");

        // The watcher dies, and nothing opens.
        await watcher.Stop(Signal.Kill);
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(boot.Sent));
        Assert.Equal("Active", await State());
        await Lab.Docker.Restart();
    }

    [Fact]
    public async Task Networks_get_their_policies_as_they_come_and_a_command_has_the_last_word()
    {
        await boot.Run($"Register-TailSplitService -Root '{boot.Root}' -Watch -Label | Out-Null");
        await using BackgroundProgram watcher = await Watch();
        NetworkOptions closed = new()
        {
            Subnet = "172.30.50.0/24",
            Labels = new Dictionary<string, string> { ["tailsplit.policy"] = "killswitch" },
        };
        await Lab.CreateNetwork("labelled", closed);
        await Until("a labelled network", () => Has("labelled", "Active"));
        Container box = await Lab.RunIn(await Inspect("labelled"), "labelled");
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(box, Place.Internet)));
        await Lab.Docker.RemoveContainer("labelled");
        await Lab.RemoveNetwork("labelled");
        await Until("its end", () => Has("labelled", ""));

        await Lab.CreateNetwork("again", new() { Subnet = "172.30.51.0/24" });
        await boot.Run("New-TailSplitKillswitch again | Out-Null");
        await Lab.RemoveNetwork("again");
        await Lab.CreateNetwork("again", new() { Subnet = "172.30.52.0/24" });
        await Until("a network made anew", () => Has("again", "Active"));

        // dockerd comes back, and is followed again.
        await Lab.Docker.Restart();
        await Lab.CreateNetwork("later", closed with { Subnet = "172.30.53.0/24" });
        await Until("a network after a restart", () => Has("later", "Active"));

        await boot.Run("Remove-TailSplitPolicy again, later | Out-Null");
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
        Assert.True(await Has("again", ""), watcher.Log);
        Assert.True(await Has("later", ""), watcher.Log);
        await Lab.RemoveNetwork("again");
        await Lab.RemoveNetwork("later");
    }

    private async Task<BackgroundProgram> Watch()
    {
        BackgroundProgram watcher = boot.StartInBackground(BootLab.WatchUnit);
        await Wait.Until(
            () => watcher.Log.Contains("Watching.", StringComparison.Ordinal) || !watcher.IsRunning,
            "the watcher",
            TimeSpan.FromSeconds(30));
        Assert.True(watcher.IsRunning, watcher.Log);
        // Its programs start beside it.
        await Task.Delay(TimeSpan.FromSeconds(1));
        return watcher;
    }

    private async Task Repaired(string what, Func<Task> attack)
    {
        await attack();
        await Until(what, async () => await State() == "Active");
    }

    private static async Task Until(string what, Func<Task<bool>> condition)
    {
        long start = Stopwatch.GetTimestamp();
        await Wait.Until(condition, what, s_soon);
        TestContext.Current.SendDiagnosticMessage(
            $"{what}: repaired after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
    }

    private async Task<string> State() => (await boot.Run("(Get-TailSplitPolicy torrents*).State")).Trim();

    private async Task<bool> Has(string policy, string state) =>
        (await boot.Run($"(Get-TailSplitPolicy {policy}*).State")).Trim() == state;

    private async Task<DockerNetwork> Inspect(string network) =>
        new(network, (await Lab.Docker.Docker("network", "inspect", "--format={{.Id}}", network)).Output.Trim(), new());
}
