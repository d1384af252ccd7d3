
namespace TailSplit.Lab.Boot;

/// <summary>
/// The units under a real systemd, which reads, orders, starts, fences in and stops them; with a container that floods
/// from its first instant on.
/// </summary>
public sealed class SystemdTests(SystemdLab boot) : IClassFixture<SystemdLab>
{
    // PowerShell starts in a second or two on a machine that has nothing else to do.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(60);

    private Lab Lab => boot.Lab;

    [Fact]
    public void Nothing_leaks_while_systemd_boots_and_plenty_without_the_service()
    {
        _ = Lab;
        Assert.True(
            boot.Without is { Udp: > 2, Icmp: > 2, V6: > 2 },
            $"The control saw no leak, so the test is void: {boot.Without}");
        Assert.True(boot.With.Total == 0, $"Leaked: {boot.With}\n{boot.Journal}");
    }

    [Fact]
    public void The_early_unit_comes_after_the_firewall_and_before_docker_and_the_policies_after_docker_and_tailscale()
    {
        _ = Lab;
        UnitState firewall = boot.Units[SystemdLab.Firewall];
        UnitState early = boot.Units[BootLab.EarlyUnit];
        UnitState network = boot.Units[SystemdLab.NetworkTarget];
        UnitState docker = boot.Units[BootLab.Docker];
        UnitState tailscaled = boot.Units[BootLab.Tailscaled];
        UnitState sync = boot.Units[BootLab.SyncUnit];
        UnitState watch = boot.Units[BootLab.WatchUnit];

        Assert.All(
            [firewall, early, docker, tailscaled, sync, watch],
            unit => Assert.True(unit is { ActiveState: "active", Result: "success" }, $"{unit.Name}\n{boot.Journal}"));
        Assert.InRange(early.Started, firewall.Active, early.Ended);
        Assert.InRange(early.Ended, early.Started, docker.Started);
        Assert.InRange(network.Active, early.Active, tailscaled.Started);
        Assert.True(sync.Started >= docker.Active, boot.Journal);
        Assert.True(sync.Started >= tailscaled.Active, boot.Journal);
        Assert.True(watch.Started >= sync.Active, boot.Journal);
        Assert.DoesNotContain("ordering cycle", boot.Journal, StringComparison.Ordinal);
        TestContext.Current.SendDiagnosticMessage(
            $"early: {(early.Ended - early.Started).TotalMilliseconds:0} ms; "
            + $"docker {(docker.Started - early.Ended).TotalMilliseconds:0} ms later");
    }

    [Fact]
    public async Task The_watcher_comes_back_when_killed_and_neither_stopping_nor_unregistering_opens_anything()
    {
        await Lab.Leaks.Reset();
        UnitState before = await boot.Machine.Show(BootLab.WatchUnit);
        await boot.Machine.Run("systemctl", "kill", "--signal=KILL", BootLab.WatchUnit);
        UnitState after = before;
        await Wait.Until(
            async () => (after = await boot.Machine.Show(BootLab.WatchUnit)) is { ActiveState: "active" }
                && after.MainProcess != before.MainProcess,
            "the watcher to be started again",
            s_soon);
        Assert.Equal(before.Restarts + 1, after.Restarts);

        // It works within its fence: what is taken away comes back.
        await Lab.Host.Run("ip", ["-4", "rule", "flush", "protocol", "84"]);
        await Wait.Until(IsActive, "the watcher to repair", s_soon);

        await boot.Machine.Run("systemctl", "stop", BootLab.WatchUnit, BootLab.SyncUnit, BootLab.EarlyUnit);
        await boot.Sent();
        Assert.True(await IsActive());

        // Registered without the watcher, the one that runs is stopped and does not come back.
        await boot.Machine.Run("systemctl", "start", BootLab.WatchUnit);

        await boot.AtPrompt($"{SystemdLab.RegisterCommand} | Out-Null");
        Assert.DoesNotContain(boot.UnitFiles, file => file.Contains("watch", StringComparison.Ordinal));
        Assert.Equal("inactive", (await boot.Machine.Show(BootLab.WatchUnit)).ActiveState);
        Assert.True(await IsActive());

        Assert.NotEmpty(boot.UnitFiles);
        await boot.AtPrompt("Unregister-TailSplitService | Out-Null");
        Assert.Empty(boot.UnitFiles);
        Assert.False(Directory.Exists($"{boot.Root}/etc/tailsplit"));
        string known = await boot.Machine.Run("systemctl", "list-unit-files", "--all", "--no-legend");
        Assert.DoesNotContain("tailsplit", known, StringComparison.Ordinal);
        await boot.Sent();

        Assert.True(await IsActive());
        LeakCount leaks = await Lab.Leaks.Count();
        Assert.True(leaks.Total == 0, $"Leaked: {leaks}\n{await boot.Machine.Journal()}");
    }

    private async Task<bool> IsActive() =>
        await boot.StateOf("torrents") == "Active";
}
