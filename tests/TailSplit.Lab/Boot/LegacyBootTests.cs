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
        Assert.Equal("Active", (await boot.Run("(Get-TailSplitPolicy torrents).State.ToString()")).Trim());
    }
}
