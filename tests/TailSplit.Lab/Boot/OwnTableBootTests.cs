namespace TailSplit.Lab.Boot;

/// <summary>The same with policies in nftables, from the early unit on.</summary>
public sealed class OwnTableBootTests(OwnTableBootLab boot) : IClassFixture<OwnTableBootLab>
{
    private Lab Lab => boot.Lab;

    [Fact]
    public async Task A_cold_boot_leaks_without_the_early_unit_and_not_with_it()
    {
        await Lab.Leaks.Reset();
        await boot.PowerOff();
        await boot.Start(BootLab.Docker);
        await boot.Sent();
        LeakCount control = await Lab.Leaks.Count();
        Assert.True(
            control is { Udp: > 2, Icmp: > 2, V6: > 2 }, $"The control saw no leak, so the test is void: {control}");

        await boot.PowerOff();
        await Lab.Leaks.Reset();
        await boot.Start(BootLab.EarlyUnit);
        string rules = await Lab.Snapshot();
        Assert.Contains("chain TSK-torrents", rules, StringComparison.Ordinal);
        await boot.Start(BootLab.EarlyUnit);
        Assert.Equal(rules, await Lab.Snapshot());
        await boot.Start(BootLab.Docker);
        await boot.Sent();
        await boot.Start(BootLab.SyncUnit);
        Assert.Equal(LeakCount.None, await Lab.Leaks.Count());
        Assert.Equal("Active", await boot.StateOf("torrents"));
        Assert.Equal("Nftables", (await boot.Run("(Get-TailSplitPolicy torrents).FirewallBackend")).Trim());
    }

    [Theory]
    [InlineData("the firewall", "ip -4 rule flush protocol 84\nip -6 rule flush protocol 84")]
    [InlineData("routing", "nft delete table inet tailsplit")]
    public async Task What_the_early_unit_writes_holds_by_one_layer_alone(string layer, string attack)
    {
        await boot.PowerOff();
        await Lab.Leaks.Reset();
        await boot.Start(BootLab.EarlyUnit);
        await Lab.Host.RunLines(attack);
        await boot.Start(BootLab.Docker);
        await boot.Sent();
        LeakCount leaks = await Lab.Leaks.Count();
        Assert.True(leaks.Total == 0, $"Leaked with {layer} alone: {leaks}");
    }

    [Fact]
    public async Task The_watcher_restores_any_removed_part_and_nothing_leaks_meanwhile()
    {
        // An earlier test may have left less than the whole policy.
        await boot.Run("New-TailSplitKillswitch torrents | Out-Null; Remove-TailSplitPolicy torrents | Out-Null");
        await Lab.Leaks.Control(boot.Sent);
        await boot.Run("New-TailSplitKillswitch torrents | Out-Null");
        await using RunningWatcher watcher = await RunningWatcher.Start(boot);
        LeakCount leaks = await Lab.Leaks.During(async () =>
        {
            await watcher.Repairs("ip rules", () => Lab.Host.RunLines(
                """
                ip -4 rule flush protocol 84
                ip -6 rule flush protocol 84
                """));
            await watcher.Repairs("a chain", () => Lab.Host.RunLines("nft flush chain inet tailsplit TSK-torrents"));
            await watcher.Repairs("the table", () => Lab.Host.RunLines("nft delete table inet tailsplit"));
            await watcher.Repairs("everything", () => Lab.Host.RunLines("nft flush ruleset"));
            await boot.Sent();
        });
        Assert.True(leaks == LeakCount.None, $"Leaked: {leaks}\n{watcher.Log}");
        Assert.Equal("Nftables", (await boot.Run("(Get-TailSplitPolicy torrents).FirewallBackend")).Trim());
        await Lab.Docker.Restart();
    }
}
