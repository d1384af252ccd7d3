using System.Collections.Concurrent;
using TailSplit.Core.Model;
using TailSplit.Execution.Firewall;
using TailSplit.Execution.Labels;
using TailSplit.Execution.Watching;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>The watcher on the fake host, with real time passing quickly.</summary>
public sealed class WatchTests : IDisposable
{
    // What the watcher runs each time it looks, once.
    private const string Look = "iptables-save -c";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static readonly WatchTimes s_quick = new()
    {
        Quiet = TimeSpan.FromMilliseconds(10),
        LongestBurst = TimeSpan.FromMilliseconds(40),
        Poll = TimeSpan.FromMilliseconds(30),
        SlowPoll = TimeSpan.FromMilliseconds(200),
        FirstPause = TimeSpan.FromMilliseconds(20),
        LongestPause = TimeSpan.FromMilliseconds(50),
        LongestBackoff = TimeSpan.FromSeconds(2),
        Heartbeat = TimeSpan.FromMilliseconds(100),
        Proof = TimeSpan.FromMilliseconds(60),
        Stable = TimeSpan.FromSeconds(1),
    };

    // One that hears of everything from the programs that it follows, and never looks by itself.
    private static readonly WatchTimes s_told =
        s_quick with { Poll = TimeSpan.FromHours(1), SlowPoll = TimeSpan.FromHours(1) };

    private Session _session = new();
    private readonly ConcurrentQueue<WatchEvent> _events = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    private FakeHost Host => _session.Host;

    public void Dispose()
    {
        _stop.Cancel();
        _watching.ContinueWith(_ => { }, TaskScheduler.Default).Wait(s_patience);
        _session.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Ip_rules_that_are_deleted_are_put_back()
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
    public async Task Where_somebody_elses_docker_answers_it_is_said_and_the_policy_holds_where_it_was()
    {
        await WatchAsync("New-TailSplitKillswitch torrents");
        string before = Host.Rules;

        Host.Do(host =>
        {
            host.Docker.Networks.Clear();
            host.Docker.Endpoint = "ssh://root@nas";
        });

        WatchEvent told = await SeenAsync(seen => seen.Detail.Contains("ssh://root@nas", StringComparison.Ordinal));
        Assert.Equal(WatchOutcome.Failed, told.Outcome);
        Assert.Equal(before, Host.Rules);
        Host.Do(host => host.Routes.Delete(IpFamily.IPv4, rule => rule.Protocol == 84));
        Host.Follow.Print("ip", "Deleted 95830:\tfrom 172.19.0.0/16 iif br-torrents prohibit proto 84");
        await SeenAsync(WatchOutcome.Repaired);
        Assert.Equal(before, Host.Rules);
    }

    [Fact]
    public async Task A_firewall_that_is_flushed_is_put_back_whether_anybody_tells_of_it_or_not()
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
    public async Task What_nft_tells_is_heeded_at_once()
    {
        await WatchAsync("New-TailSplitKillswitch torrents", s_told);

        Host.Do(host => host.Firewall[IpFamily.IPv4].Load("*filter\n-F TAILSPLIT-KILLSWITCH\nCOMMIT\n"));
        Host.Follow.Print("nft", "# new generation 7 by process 4711 (nft)");

        Assert.Equal(WatchKind.FirewallChanged, (await SeenAsync(WatchOutcome.Repaired)).Kind);
    }

    /// <summary>nft tells of nf_tables only: that somebody else uses it says nothing of x_tables.</summary>
    [Fact]
    public async Task With_legacy_iptables_it_looks_by_itself_however_much_nft_tells()
    {
        Use(LegacyHost());
        await WatchAsync("New-TailSplitKillswitch torrents", s_quick with { SlowPoll = TimeSpan.FromHours(1) });
        string before = Host.Rules;

        Host.Follow.Print("nft", "# new generation 7 by process 4711 (fail2ban)");
        Host.Forget();
        await UntilAsync(() => Host.Count("iptables-save") > 3);
        Host.Do(host => host.Firewall[IpFamily.IPv4].Load("*filter\n-F TAILSPLIT-KILLSWITCH\nCOMMIT\n"));

        await SeenAsync(WatchOutcome.Repaired);
        Assert.Equal(before, Host.Rules);
    }

    [Fact]
    public async Task A_network_that_is_made_anew_under_its_name_gets_its_policy_again()
    {
        await WatchAsync("New-TailSplitKillswitch games");
        FakeNetwork again = UsualHost.Games with { Incarnation = 1, Subnet = ["172.29.0.0/16"] };

        Host.Do(host => host.Remove(UsualHost.Games));
        Tell("destroy", "games");
        await SeenAsync(WatchKind.NetworkRemoved);
        Host.Do(host => host.Add(again));
        Tell("create", "games");

        WatchEvent repaired = await SeenAsync(WatchOutcome.Repaired);
        Assert.Equal("games", repaired.Policy);
        Assert.Contains($"iif\":\"{again.Bridge}\"", Host.Routes.Save(), StringComparison.Ordinal);
        Assert.DoesNotContain(UsualHost.Games.Bridge, Host.Rules, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killswitch_holds_where_it_was_while_its_network_is_gone_and_a_bypass_does_not()
    {
        await WatchAsync("New-TailSplitKillswitch games; New-TailSplitBypass media");

        Host.Do(host => host.Remove(UsualHost.Games));
        Host.Do(host => host.Remove(UsualHost.Media));
        Tell("destroy", "games");
        Tell("destroy", "media");

        Assert.Equal("media", (await SeenAsync(WatchOutcome.Removed)).Policy);
        Assert.Equal(["games"], _session.Run("Get-TailSplitPolicy").Policies.Select(policy => policy.Name));
    }

    [Fact]
    public async Task A_labelled_network_is_closed_as_soon_as_it_is_made()
    {
        await WatchAsync("", s_told, [new LabelSource()]);

        Host.Do(host => host.Add(
            new FakeNetwork(
                "fresh")
            { Subnet = ["172.30.0.0/16"], Labels = new() { ["tailsplit.policy"] = "killswitch" } }));
        Tell("create", "fresh");

        WatchEvent repaired = await SeenAsync(WatchOutcome.Repaired);
        Assert.Equal((WatchKind.NetworkCreated, "fresh", "fresh"), (repaired.Kind, repaired.Policy, repaired.Network));
    }

    [Fact]
    public async Task A_policy_that_is_made_meanwhile_is_held_as_well()
    {
        await WatchAsync("");

        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();
        Host.Follow.Print("nft", "# new generation 8 by process 4711 (iptables-nft-re)");
        Assert.Equal("torrents", (await SeenAsync(WatchOutcome.Held)).Policy);
        Host.Do(host => host.Routes.Delete(IpFamily.IPv6, rule => rule.Protocol == 84));
        Host.Follow.Print("ip", "Deleted 95831:\tfrom all iif br-torrents blackhole proto 84");

        Assert.Equal("torrents", (await SeenAsync(WatchOutcome.Repaired)).Policy);
    }

    [Fact]
    public async Task While_docker_is_away_rules_are_repaired_all_the_same()
    {
        await WatchAsync("New-TailSplitKillswitch torrents; New-TailSplitBypass media");
        string before = Host.Rules;

        Host.Do(host => host.Docker.IsRunning = false);
        Host.Follow.End("docker", "unexpected EOF");
        await SeenAsync(WatchKind.SourceLost);
        Host.Do(host => host.Routes.Delete(IpFamily.IPv4, rule => rule.Protocol == 84));
        Host.Follow.Print("ip", "Deleted 95831:\tfrom all iif br-torrents blackhole proto 84");
        await SeenAsync(WatchOutcome.Repaired);
        Assert.Equal(before, Host.Rules);

        Host.Do(host => host.Docker.IsRunning = true);
        await SeenAsync(WatchKind.SourceFound);
        Assert.Equal(2, Host.Follow.Starts["docker"]);
    }

    /// <summary>A daemon that was stopped takes the client's connection and never answers.</summary>
    [Fact]
    public async Task While_docker_hangs_rules_of_labels_too_are_put_back_at_once_and_it_is_told_once()
    {
        Host.Do(host => host.Add(new FakeNetwork("fresh")
        {
            Subnet = ["172.30.0.0/16"],
            Labels = new() { ["tailsplit.policy"] = "killswitch" },
        }));
        await WatchAsync("New-TailSplitKillswitch torrents", sources: [new LabelSource()]);
        await UntilAsync(() => Host.Rules.Contains("TSK-fresh", StringComparison.Ordinal));
        string before = Host.Rules;
        Host.Limit = TimeSpan.FromMilliseconds(300);
        Host.Do(host => host.Faults.Add(
            new Fault(call => call.Program == "docker") { Point = FaultPoint.Hang, Times = int.MaxValue }));

        await SeenAsync(IsDockersLoss);
        Host.Do(host => host.Routes.Delete(IpFamily.IPv4, rule => rule.Protocol == 84));
        Host.Follow.Print("ip", "Deleted 95831:\tfrom all iif br-torrents blackhole proto 84");
        await UntilAsync(() => Host.Rules == before);
        Host.Do(host => host.Routes.Delete(IpFamily.IPv4, rule => rule.Protocol == 84));
        Host.Follow.Print("ip", "Deleted 95831:\tfrom all iif br-torrents blackhole proto 84");
        await UntilAsync(() => Host.Rules == before);

        Host.Do(host => host.Faults.Clear());
        await SeenAsync(seen => seen is { Kind: WatchKind.SourceFound, Detail: "Docker answers again." });
        Assert.Single(_events, IsDockersLoss);

        static bool IsDockersLoss(WatchEvent seen) =>
            seen.Kind == WatchKind.SourceLost && seen.Detail.StartsWith("Docker ", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ip", "The monitor of ip rules")]
    [InlineData("nft", "The monitor of nf_tables")]
    [InlineData("docker", "Docker")]
    public async Task A_source_that_ends_by_anything_is_started_again_and_both_are_told(string program, string name)
    {
        await WatchAsync("New-TailSplitKillswitch torrents");

        Host.Follow.Crash(program, new InvalidDataException("a line that nobody has thought of"));

        WatchEvent lost = await SeenAsync(WatchKind.SourceLost);
        Assert.StartsWith($"{name} does not answer: a line that nobody", lost.Detail, StringComparison.Ordinal);
        Assert.Equal($"{name} answers again.", (await SeenAsync(WatchKind.SourceFound)).Detail);
        Assert.True(Host.Follow.Starts[program] > 1);
    }

    [Fact]
    public async Task An_nft_that_keeps_dying_is_told_once_and_the_firewall_is_read_instead()
    {
        await WatchAsync("New-TailSplitKillswitch torrents");
        string before = Host.Rules;
        Host.Follow.Dies.Add("nft");
        Host.Follow.Crash("nft", new InvalidDataException("core dumped"));
        await UntilAsync(() => Host.Follow.Starts["nft"] > 4);

        Host.Do(host => host.Firewall[IpFamily.IPv4].Load("*filter\n-F TAILSPLIT-KILLSWITCH\nCOMMIT\n"));

        await UntilAsync(() => Host.Rules == before);
        Assert.InRange(_events.Count(seen => seen.Kind == WatchKind.SourceLost), 1, 3);
    }

    [Fact]
    public async Task A_monitor_that_passes_a_change_by_is_started_again()
    {
        await WatchAsync("New-TailSplitKillswitch torrents");
        string before = Host.Rules;
        await Task.Delay(300, TestContext.Current.CancellationToken);

        // Nothing is printed.
        Host.Do(host => host.Routes.Delete(IpFamily.IPv4, rule => rule.Protocol == 84));

        await UntilAsync(() => Host.Rules == before);
        Assert.Contains("did not report a change", (await SeenAsync(WatchKind.SourceLost)).Detail, StringComparison.Ordinal);
        await SeenAsync(WatchKind.SourceFound);
    }

    [Fact]
    public async Task A_tailscaled_that_hangs_is_told_as_well()
    {
        await WatchAsync("New-TailSplitKillswitch torrents");
        Host.Limit = TimeSpan.FromMilliseconds(100);

        Host.Do(host => host.Faults.Add(
            new Fault(call => call.Program == "tailscale") { Point = FaultPoint.Hang, Times = int.MaxValue }));
        Assert.Contains("did not end within 0.1 s", (await SeenAsync(WatchKind.SourceLost)).Detail, StringComparison.Ordinal);
        Host.Do(host => host.Faults.Clear());

        await SeenAsync(WatchKind.SourceFound);
    }

    [Fact]
    public async Task A_tailscaled_that_does_not_answer_is_told_and_when_it_answers_again()
    {
        await WatchAsync("New-TailSplitKillswitch torrents");

        Host.Do(host => host.Tailscale.IsRunning = false);
        Assert.StartsWith(
            "Tailscale does not answer: ", (await SeenAsync(WatchKind.SourceLost)).Detail, StringComparison.Ordinal);
        Host.Do(host => host.Tailscale.IsRunning = true);

        Assert.Equal("Tailscale answers again.", (await SeenAsync(WatchKind.SourceFound)).Detail);
    }

    [Fact]
    public async Task A_failure_is_told_once_and_work_goes_on_after_it()
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
    public async Task It_does_not_fight_somebody_who_undoes_every_repair()
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
    public async Task A_burst_is_looked_at_once()
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

    [Fact]
    public void The_cmdlet_emits_objects_and_stops_when_nobody_wants_more()
    {
        _session.Given($"New-TailSplitKillswitch torrents");

        Answer answer = _session.Run(
            "Watch-TailSplitPolicy | ForEach-Object { $_; if ($_.Detail -eq 'Watching.') { break } }");

        Assert.Equal(["Held", "None"], answer.Of<TailSplitEvent>().Select(seen => seen.Outcome));
        Assert.Equal(
            "Started Held torrents (torrents): killswitch on 172.19.0.0/16, fd00:19::/64, br-torrents",
            $"{answer.Output[0]}");
        Assert.False(Host.Follow.IsRunning("ip"));
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

    private void Use(FakeHost host)
    {
        _session.Dispose();
        _session = new(host);
    }

    private int Repairs() => _events.Count(seen => seen.Outcome == WatchOutcome.Repaired);

    private void Tell(string action, string network) => Host.Follow.Print(
        "docker",
        $$$"""{"Type":"network","Action":"{{{action}}}","Actor":{"ID":"ab","Attributes":{"name":"{{{network}}}","type":"bridge"}},"scope":"local"}""");

    private async Task WatchAsync(
        string given, WatchTimes? times = null, IReadOnlyCollection<PolicySource>? sources = null)
    {
        if (given.Length > 0)
            _session.Run(given).AssertNoErrors();

        RestClock clock = new(Host);
        int looks = int.MaxValue;
        PolicyWatcher watcher = new(Host, Host, sources ?? [], times ?? s_quick, clock);
        _watching = Task.Run(async () =>
        {
            await foreach (WatchEvent seen in watcher.WatchAsync(_stop.Token))
            {
                // Until it is asked for the next event, it does nothing.
                if (seen.Detail == "Watching.")
                    Volatile.Write(ref looks, clock.Looks);

                _events.Enqueue(seen);
            }
        });
        await UntilAsync(
            () => _events.Any(
                seen => seen.Detail == "Watching.") && Host.Follow.IsRunning("ip") && Host.Follow.IsRunning("docker"));
        await UntilAsync(() => Host.Missing.Contains("nft") || Host.Follow.IsRunning("nft"));
        // The firewall's first reading makes it look once more; what a test does next would be seen by that look.
        await UntilAsync(() => clock.LooksBeforeRest > Volatile.Read(ref looks));
    }

    private Task<WatchEvent> SeenAsync(WatchOutcome outcome) =>
        SeenAsync(seen => seen.Outcome == outcome && seen.Kind != WatchKind.Started);

    private Task<WatchEvent> SeenAsync(WatchKind kind) => SeenAsync(seen => seen.Kind == kind);

    private async Task<WatchEvent> SeenAsync(Func<WatchEvent, bool> which)
    {
        await UntilAsync(() => _events.Any(which));
        return _events.First(which);
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        for (long start = TimeProvider.System.GetTimestamp(); !condition(); await Task.Delay(
            5, TestContext.Current.CancellationToken))
        {
            if (_watching.IsFaulted)
                await _watching;

            if (TimeProvider.System.GetElapsedTime(start) > s_patience)
                throw new TimeoutException(string.Join('\n', _events));
        }
    }
}
