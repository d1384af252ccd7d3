
namespace TailSplit.Lab.Boot;

/// <summary>The same with the other store of iptables rules.</summary>
public sealed class LegacyBootTests(LegacyBootLab boot) : IClassFixture<LegacyBootLab>
{
    [Fact]
    public async Task A_cold_boot_leaks_without_the_early_unit_and_not_with_it()
    {
        await boot.Lab.Leaks.Reset();
        await boot.PowerOff();
        await boot.Start(BootLab.Docker);
        await boot.Sent();
        LeakCount control = await boot.Lab.Leaks.Count();
        Assert.True(
            control is { Udp: > 2, Icmp: > 2, V6: > 2 }, $"The control saw no leak, so the test is void: {control}");

        await boot.PowerOff();
        await boot.Lab.Leaks.Reset();
        await boot.Start(BootLab.EarlyUnit);
        await boot.Start(BootLab.Docker);
        await boot.Sent();
        // Not by routing alone.
        Assert.Contains(
            "tailsplit killswitch torrents",
            (await boot.Lab.Host.Run("iptables-legacy-save", [])).Output,
            StringComparison.Ordinal);
        await boot.Start(BootLab.SyncUnit);
        Assert.Equal(LeakCount.None, await boot.Lab.Leaks.Count());
        Assert.Equal("Active", await boot.StateOf("torrents"));
    }

    /// <summary>x_tables tells nobody of changes: the watcher looks by itself.</summary>
    [Fact]
    public async Task The_watcher_repairs_changes_without_an_event()
    {
        _ = boot.Lab;
        await using RunningWatcher watcher = await RunningWatcher.Start(boot);
        LeakCount leaks = await boot.Lab.Leaks.During(async () =>
        {
            await watcher.Repairs("ip rules", () => boot.Lab.Host.RunLines(
                """
                ip -4 rule flush protocol 84
                ip -6 rule flush protocol 84
                """));
            await watcher.Repairs("own chains", () => Iptables("-F TAILSPLIT-KILLSWITCH"));
            await watcher.Repairs("the jump", () => Iptables("-F DOCKER-USER"));
            await watcher.Repairs("the whole table", () => Iptables("-F"));
            await boot.Sent();
        });
        Assert.True(leaks == LeakCount.None, $"Leaked: {leaks}\n{watcher.Log}");
    }

    private Task Iptables(string arguments) =>
        boot.Lab.Host.RunLines($"iptables-legacy {arguments}\nip6tables-legacy {arguments}");
}
