using System.Diagnostics;

namespace TailSplit.Lab.Boot;

/// <summary>A cold boot, in every order that the units' dependencies leave open.</summary>
public sealed class BootTests(NfTablesBootLab boot) : IClassFixture<NfTablesBootLab>
{
    private static readonly string[] s_beforeDocker = [BootLab.Tailscaled, BootLab.Docker];
    private static readonly string[] s_afterDocker = [BootLab.Docker, BootLab.Tailscaled];
    private static readonly string[] s_never = [BootLab.Docker];

    private Lab Lab => boot.Lab;

    [Fact]
    public async Task Without_the_early_unit_the_same_boot_leaks()
    {
        _ = Lab;
        await boot.PowerOff();

        LeakCount leaks = await Lab.Leaks.During(async () =>
        {
            await boot.Start(BootLab.Docker);
            await boot.Sent();
        });

        Assert.True(
            leaks is { Udp: > 2, Icmp: > 2, V6: > 2 },
            $"The control saw no leak, so the tests beside it are void: {leaks}");
    }

    [Fact]
    public async Task Nothing_leaks_with_tailscaled_before_docker()
    {
        await NothingLeaks(s_beforeDocker, null);
    }

    [Fact]
    public async Task Nothing_leaks_with_tailscaled_after_docker()
    {
        await NothingLeaks(s_afterDocker, null);
    }

    [Fact]
    public async Task Nothing_leaks_with_tailscaled_later_than_the_sync_and_then_it_leaves_by_the_exit_node()
    {
        await NothingLeaks(s_never, BootLab.Tailscaled);

        await Lab.Tailscale.ExitNodeOn();
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(boot.Sent));
        Assert.True((await Lab.Tunnelled.During(boot.Sent)) is { Icmp: > 2 }, "Nothing came out of the tunnel.");
        await Lab.Tailscale.ExitNodeOff();
    }

    [Fact]
    public async Task Nothing_leaks_with_tailscaled_never_there()
    {
        await NothingLeaks(s_never, null);
    }

    [Fact]
    public async Task Early_closes_at_once_twice_and_beside_a_tool_that_fails()
    {
        _ = Lab;
        await boot.PowerOff();
        long start = Stopwatch.GetTimestamp();
        await boot.Start(BootLab.EarlyUnit);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        string rules = await Lab.Snapshot();
        await boot.Start(BootLab.EarlyUnit);
        Assert.Equal(rules, await Lab.Snapshot());
        TestContext.Current.SendDiagnosticMessage(
            $"The early unit took {time.TotalMilliseconds:0} ms, nsenter, unshare and mount included.");
        // 20 to 60 ms as measured; a machine that runs tests has much else to do.
        Assert.InRange(time, TimeSpan.Zero, TimeSpan.FromSeconds(2));

        // The firewall can't be had at all: routing closes, and the unit has failed.
        await boot.PowerOff();
        await using (Broken broken = new(
            Lab.Tools.Folder, "iptables-restore", "ip6tables-restore", "iptables", "ip6tables"))
        {
            await Assert.ThrowsAnyAsync<Exception>(() => boot.Start(BootLab.EarlyUnit));
        }

        await Lab.Leaks.Reset();
        await boot.Start(BootLab.Docker);
        await boot.Sent();
        Assert.Equal(LeakCount.None, await Lab.Leaks.Count());
    }

    private async Task NothingLeaks(string[] others, string? late)
    {
        _ = Lab;
        await boot.PowerOff();
        UnitFile[] units = [boot.Unit(BootLab.EarlyUnit), boot.Unit(BootLab.SyncUnit)];
        IReadOnlyList<string> order = UnitFile.Order(units, others);
        Assert.Equal([BootLab.EarlyUnit, .. others, BootLab.SyncUnit], order);
        Assert.Contains("network-pre.target", units[0].Before);

        await Lab.Leaks.Reset();
        foreach (string unit in order)
        {
            await boot.Start(unit);
            if (unit == BootLab.Docker)
            {
                await boot.Sent();
            }
        }

        if (late is not null)
        {
            await boot.Start(late);
        }

        await boot.Sent();
        LeakCount leaks = await Lab.Leaks.Count();
        Assert.True(leaks.Total == 0, $"{string.Join(", ", order)}: leaked {leaks}");
        Assert.Equal("Active", await boot.StateOf("torrents"));
    }

    /// <summary>Tools that fail, until it is disposed.</summary>
    private sealed class Broken : IAsyncDisposable
    {
        private readonly (string Path, string? Target)[] _links;

        public Broken(string folder, params string[] tools)
        {
            _links = [.. tools.Select(tool => Path.Combine(folder, tool)).Select(
                path => (path, new FileInfo(path).LinkTarget))];
            foreach ((string path, _) in _links)
            {
                File.Delete(path);
                File.CreateSymbolicLink(path, "/bin/false");
            }
        }

        public ValueTask DisposeAsync()
        {
            foreach ((string path, string? target) in _links)
            {
                File.Delete(path);
                File.CreateSymbolicLink(path, target!);
            }

            return ValueTask.CompletedTask;
        }
    }
}
