using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Execution.Watching;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine.Watching;

/// <summary>What others take away, the watcher puts back.</summary>
public sealed class WatchRepairTests : WatchedHost
{
    // What the watcher runs each time it looks, once.
    private const string Look = "iptables-save -c";

    [Fact]
    public async Task Deleted_ip_rules_are_restored()
    {
        await WatchAsync("New-TailSplitKillswitch torrents");
        string before = Host.Rules;

        Host.Do(host => host.Routes.Delete(IpFamily.IPv4, rule => rule.Protocol == 84));
        Host.Follow.Print("ip", "Deleted 95830:\tfrom 172.19.0.0/16 iif br-torrents prohibit proto 84");

        WatchEvent repaired = await SeenAsync(WatchOutcome.Repaired);
        Assert.Equal((WatchKind.RoutingChanged, "torrents"), (repaired.Kind, repaired.Policy));
        Assert.Equal(before, Host.Rules);
    }

    [Fact]
    public async Task A_flushed_firewall_is_restored_whether_an_event_reports_it_or_not()
    {
        Host.Do(host => host.Missing.Add("nft"));
        await WatchAsync("New-TailSplitKillswitch torrents; New-TailSplitBypass media");
        string before = Host.Rules;

        Host.Do(
            host => host.Firewall[IpFamily.IPv4].Load("*filter\n-F TAILSPLIT-KILLSWITCH\n-F TSK-torrents\nCOMMIT\n"));

        await SeenAsync(WatchOutcome.Repaired);
        Assert.Equal(before, Host.Rules);
    }

    [Fact]
    public async Task A_change_that_nft_reports_is_repaired_at_once()
    {
        await WatchAsync("New-TailSplitKillswitch torrents", Told);

        Host.Do(host => host.Firewall[IpFamily.IPv4].Load("*filter\n-F TAILSPLIT-KILLSWITCH\nCOMMIT\n"));
        Host.Follow.Print("nft", "# new generation 7 by process 4711 (nft)");

        Assert.Equal(WatchKind.FirewallChanged, (await SeenAsync(WatchOutcome.Repaired)).Kind);
    }

    /// <summary>nft tells of nf_tables only: that somebody else uses it says nothing of x_tables.</summary>
    [Fact]
    public async Task With_legacy_iptables_it_looks_by_itself_however_much_nft_tells()
    {
        Use(LegacyHost());
        await WatchAsync("New-TailSplitKillswitch torrents", Quick with { SlowPoll = TimeSpan.FromHours(1) });
        string before = Host.Rules;

        Host.Follow.Print("nft", "# new generation 7 by process 4711 (fail2ban)");
        Host.Forget();
        await UntilAsync(() => Host.Count("iptables-save") > 3);
        Host.Do(host => host.Firewall[IpFamily.IPv4].Load("*filter\n-F TAILSPLIT-KILLSWITCH\nCOMMIT\n"));

        await SeenAsync(WatchOutcome.Repaired);
        Assert.Equal(before, Host.Rules);
    }

    [Fact]
    public async Task A_failure_is_reported_once_and_the_watcher_continues()
    {
        await WatchAsync("New-TailSplitKillswitch torrents");
        string before = Host.Rules;
        Fault fault = new(Calls.Batch(IpFamily.IPv4)) { Point = FaultPoint.Before, Times = 3 };
        Host.Do(host => host.Faults.Add(fault));

        Host.Do(host => host.Routes.Delete(IpFamily.IPv4, rule => rule.Protocol == 84));
        Host.Follow.Print("ip", "Deleted 95831:\tfrom all iif br-torrents blackhole proto 84");

        await SeenAsync(WatchOutcome.Failed);
        Host.Do(host => host.Faults.Clear());
        await SeenAsync(WatchOutcome.Repaired);
        Assert.Equal(before, Host.Rules);
    }

    [Fact]
    public async Task It_slows_down_if_another_program_undoes_every_repair()
    {
        await WatchAsync("New-TailSplitKillswitch torrents");
        using Timer enemy = new(
            _ =>
            {
                int deleted = 0;
                Host.Do(host => deleted = host.Routes.Delete(IpFamily.IPv4, rule => rule.Protocol == 84));
                if (deleted > 0 && Host.Follow.IsRunning("ip"))
                    Host.Follow.Print("ip", "Deleted 95831:\tfrom all iif br-torrents blackhole proto 84");
            },
            null,
            TimeSpan.Zero,
            TimeSpan.FromMilliseconds(20));

        await SeenAsync(WatchOutcome.Delayed);
        int before = Repairs();
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);

        // It slows down, and does not give up.
        Assert.InRange(Repairs() - before, 0, 12);
        await UntilAsync(() => Repairs() > before);
    }

    [Fact]
    public async Task A_burst_of_signals_causes_one_check()
    {
        await WatchAsync("New-TailSplitKillswitch torrents");
        Host.Forget();

        for (int i = 0; i < 200; i++)
            Host.Follow.Print("ip", "5210:\tfrom all fwmark 0x80000/0xff0000 lookup main");

        await UntilAsync(() => Host.Count(Look) > 0);
        await Task.Delay(150, TestContext.Current.CancellationToken);
        Assert.InRange(Host.Count(Look), 1, 3);
        Assert.Equal(0, Host.Writes);
    }

    private static FakeHost LegacyHost()
    {
        FakeHost host = new();
        host.Firewall.Usual = IptablesVariant.Legacy;
        host.Add(UsualHost.Torrents);
        foreach (IpFamily family in IpFamilies.All)
            host.Firewall[family].Load(UsualRules.Docker);

        return host;
    }

    private int Repairs() => Events.Count(seen => seen.Outcome == WatchOutcome.Repaired);
}
