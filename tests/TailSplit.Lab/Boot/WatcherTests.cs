using TailSplit.Lab.Options;

namespace TailSplit.Lab.Boot;

/// <summary>The watcher as its unit starts it, while others take rules away, and networks come and go.</summary>
public sealed class WatcherTests(NfTablesBootLab boot) : IClassFixture<NfTablesBootLab>
{
    private Lab Lab => boot.Lab;

    [Fact]
    public async Task The_watcher_restores_any_removed_part_and_nothing_leaks_meanwhile()
    {
        // The control: without a policy the flood is seen. An earlier test may have left less than the whole policy.
        await boot.Run("New-TailSplitKillswitch torrents | Out-Null; Remove-TailSplitPolicy torrents | Out-Null");
        await Lab.Leaks.Control(boot.Sent);
        await boot.Run("New-TailSplitKillswitch torrents | Out-Null");
        await using RunningWatcher watcher = await RunningWatcher.Start(boot);
        string tools = Lab.Tools.Folder;
        LeakCount leaks = await Lab.Leaks.During(async () =>
        {
            await watcher.Repairs("ip rules", async () =>
            {
                await Lab.Host.Run("ip", ["-4", "rule", "flush", "protocol", "84"]);
                await Lab.Host.Run("ip", ["-6", "rule", "flush", "protocol", "84"]);
            });
            await watcher.Repairs(
                "own chains", () => Lab.Host.Run(Path.Combine(tools, "iptables"), ["-F", "TAILSPLIT-KILLSWITCH"]));
            await watcher.Repairs(
                "the jump", () => Lab.Host.Run(Path.Combine(tools, "ip6tables"), ["-F", "DOCKER-USER"]));
            await boot.Sent();
        });
        Assert.True(leaks.Total == 0, $"Leaked: {leaks}\n{watcher.Log}");

        // Docker's rules go as well, and do not come back by us.
        leaks = await Lab.Leaks.During(async () =>
        {
            await Lab.Host.Run("nft", ["flush", "ruleset"]);
            await watcher.Reaches("everything", () => Has("torrents", "Active"));
            await boot.Sent();
        });
        Assert.True(leaks.Total == 0, $"Leaked: {leaks}\n{watcher.Log}");

        // The watcher dies, and nothing opens.
        await watcher.Kill();
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(boot.Sent));
        Assert.Equal("Active", await boot.StateOf("torrents"));
        await Lab.Docker.Restart();
    }

    [Fact]
    public async Task Networks_get_their_policies_as_they_come_and_a_command_has_the_last_word()
    {
        await boot.Run($"Register-TailSplitService -Root '{boot.Root}' -Watch -Label -WarningAction SilentlyContinue | Out-Null");
        await using RunningWatcher watcher = await RunningWatcher.Start(boot);
        NetworkOptions closed = new()
        {
            Subnet = "172.30.50.0/24",
            Labels = new Dictionary<string, string> { ["tailsplit.policy"] = "killswitch" },
        };
        await Lab.CreateNetwork("labelled", closed);
        await watcher.Reaches("a labelled network", () => Has("labelled", "Active"));
        Container box = await Lab.RunIn(await Inspect("labelled"), "labelled");
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(box, Place.Internet)));
        await Lab.Docker.RemoveContainer("labelled");
        await Lab.RemoveNetwork("labelled");
        await watcher.Reaches("its end", () => Has("labelled", ""));

        await Lab.CreateNetwork("again", new() { Subnet = "172.30.51.0/24" });
        await boot.Run("New-TailSplitKillswitch again | Out-Null");
        await Lab.RemoveNetwork("again");
        await Lab.CreateNetwork("again", new() { Subnet = "172.30.52.0/24" });
        await watcher.Reaches("a recreated network", () => Has("again", "Active"));

        // dockerd comes back, and is followed again.
        await Lab.Docker.Restart();
        await Lab.CreateNetwork("later", closed with { Subnet = "172.30.53.0/24" });
        await watcher.Reaches("a network after a restart", () => Has("later", "Active"));

        await boot.Run("Remove-TailSplitPolicy again, later | Out-Null");
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
        Assert.True(await Has("again", ""), watcher.Log);
        Assert.True(await Has("later", ""), watcher.Log);
        await Lab.RemoveNetwork("again");
        await Lab.RemoveNetwork("later");
    }

    private async Task<bool> Has(string policy, string state) => await boot.StateOf(policy) == state;

    private async Task<DockerNetwork> Inspect(string network) =>
        new(network, (await Lab.Docker.Docker("network", "inspect", "--format={{.Id}}", network)).Output.Trim(), new());
}
