using TailSplit.Core.Model;
using TailSplit.Execution.Labels;
using TailSplit.Execution.Watching;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine.Watching;

/// <summary>The watcher while a program that it follows fails, hangs or comes back.</summary>
public sealed class WatchSourceTests : WatchedHost
{
    [Fact]
    public async Task A_foreign_docker_daemon_is_reported_and_the_policy_keeps_its_bridge()
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
    public async Task While_docker_is_down_rules_are_repaired()
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
    public async Task While_docker_hangs_rules_of_labels_are_restored_at_once_and_it_is_reported_once()
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
        Assert.Single(Events, IsDockersLoss);

        static bool IsDockersLoss(WatchEvent seen) =>
            seen.Kind == WatchKind.SourceLost && seen.Detail.StartsWith("Docker ", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ip", "The monitor of ip rules")]
    [InlineData("nft", "The monitor of nf_tables")]
    [InlineData("docker", "Docker")]
    public async Task A_source_that_ends_is_restarted_and_both_are_reported(string program, string name)
    {
        await WatchAsync("New-TailSplitKillswitch torrents");

        Host.Follow.Crash(program, new InvalidDataException("a line that nobody has thought of"));

        WatchEvent lost = await SeenAsync(WatchKind.SourceLost);
        Assert.StartsWith($"{name} does not answer: a line that nobody", lost.Detail, StringComparison.Ordinal);
        Assert.Equal($"{name} answers again.", (await SeenAsync(WatchKind.SourceFound)).Detail);
        Assert.True(Host.Follow.Starts[program] > 1);
    }

    [Fact]
    public async Task An_nft_that_keeps_crashing_is_reported_once_and_the_firewall_is_polled()
    {
        await WatchAsync("New-TailSplitKillswitch torrents");
        string before = Host.Rules;
        Host.Follow.Dies.Add("nft");
        Host.Follow.Crash("nft", new InvalidDataException("core dumped"));
        await UntilAsync(() => Host.Follow.Starts["nft"] > 4);

        Host.Do(host => host.Firewall[IpFamily.IPv4].Load("*filter\n-F TAILSPLIT-KILLSWITCH\nCOMMIT\n"));

        await UntilAsync(() => Host.Rules == before);
        Assert.InRange(Events.Count(seen => seen.Kind == WatchKind.SourceLost), 1, 3);
    }

    [Fact]
    public async Task A_monitor_that_misses_a_change_is_restarted()
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
    public async Task A_tailscaled_that_hangs_is_reported()
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
    public async Task A_tailscaled_that_stops_answering_and_answers_again_is_reported()
    {
        await WatchAsync("New-TailSplitKillswitch torrents");

        Host.Do(host => host.Tailscale.IsRunning = false);
        Assert.StartsWith(
            "Tailscale does not answer: ", (await SeenAsync(WatchKind.SourceLost)).Detail, StringComparison.Ordinal);
        Host.Do(host => host.Tailscale.IsRunning = true);

        Assert.Equal("Tailscale answers again.", (await SeenAsync(WatchKind.SourceFound)).Detail);
    }
}
