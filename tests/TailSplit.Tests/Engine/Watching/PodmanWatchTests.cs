using TailSplit.Core.Model;
using TailSplit.Execution.Labels;
using TailSplit.Execution.Watching;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes.Docker;
using TailSplit.Tests.Fakes.Podman;
using Xunit;

namespace TailSplit.Tests.Engine.Watching;

/// <summary>The watcher where Podman makes networks.</summary>
public sealed class PodmanWatchTests : WatchedHost
{
    // It looks by itself only when it is told to.
    private static readonly WatchTimes s_quick = Told with { FolderPoll = TimeSpan.FromMilliseconds(30) };

    // netavark's folder is another than the usual one.
    private static readonly WatchTimes s_events =
        s_quick with { FolderPoll = TimeSpan.FromHours(1), Heartbeat = TimeSpan.FromHours(1) };

    private static readonly FakeNetwork s_shut = new("shut")
    {
        Subnet = ["10.89.5.0/24"],
        BridgeName = "podman5",
        Labels = new() { ["tailsplit.policy"] = "killswitch" },
    };

    /// <summary>Podman before 5.4 prints no line for it.</summary>
    [Fact]
    public async Task A_network_that_appears_in_netavarks_folder_gets_the_policy_of_its_label()
    {
        Host.UsePodman();
        await WatchAsync(s_quick with { Heartbeat = TimeSpan.FromHours(1) });

        Host.Do(host => host.AddPodman(s_shut));

        await SeenAsync(seen => seen.Outcome == WatchOutcome.Repaired && seen.Policy == "shut");
        WatchEvent made = await SeenAsync(seen => seen.Kind == WatchKind.NetworkCreated);
        Assert.Equal(("shut", "Podman created the network."), (made.Network, made.Detail));
        Assert.Contains("podman5", Host.Rules, StringComparison.Ordinal);

        Host.Do(host => host.RemovePodman(s_shut));
        await SeenAsync(seen => seen.Kind == WatchKind.NetworkRemoved);
        await UntilAsync(() => !Host.Rules.Contains("podman5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_network_that_podman_reports_gets_the_policy_of_its_label()
    {
        Host.UsePodman();
        await WatchAsync(s_events);

        Host.Do(host => host.AddPodman(s_shut));
        Host.Follow.Print("podman", """{"ID":"ab","network":"shut","Status":"create","Type":"network","Attributes":{"driver":"bridge"}}""");

        await SeenAsync(seen => seen.Outcome == WatchOutcome.Repaired && seen.Policy == "shut");
    }

    [Fact]
    public async Task A_network_that_is_recreated_on_another_bridge_keeps_its_policy()
    {
        Host.UsePodman(s_shut);
        Session.Given($"New-TailSplitKillswitch shut");
        await WatchAsync(s_quick, []);

        Host.Do(host =>
        {
            host.RemovePodman(s_shut);
            host.AddPodman(s_shut with { Incarnation = 1, BridgeName = "podman6" });
        });

        await SeenAsync(seen => seen.Outcome == WatchOutcome.Repaired && seen.Policy == "shut");
        await UntilAsync(() => Host.Rules.Contains("podman6", StringComparison.Ordinal)
            && !Host.Rules.Contains("podman5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_podman_that_does_not_answer_is_reported_and_its_policy_holds()
    {
        Host.UsePodman(s_shut);
        Session.Given($"New-TailSplitKillswitch shut; New-TailSplitBypass media");
        await WatchAsync(s_quick, []);
        string before = Host.Rules;

        Host.Do(host => host.Podman.Trouble = "Error: database is locked");
        WatchEvent lost = await SeenAsync(seen => seen.Kind == WatchKind.SourceLost);
        Assert.Contains("Podman", lost.Detail, StringComparison.Ordinal);
        Host.Do(host => host.Routes.Delete(IpFamily.IPv4, rule => rule.Protocol == 84));
        Host.Follow.Print("ip", "Deleted 5098:\tfrom all iif podman5 prohibit proto 84");
        await SeenAsync(seen => seen.Outcome == WatchOutcome.Repaired);
        await UntilAsync(() => Host.Rules == before);

        Host.Do(host => host.Podman.Trouble = null);
        await SeenAsync(seen => seen.Kind == WatchKind.SourceFound);
        Assert.Equal(before, Host.Rules);
    }

    [Fact]
    public async Task On_a_host_with_podman_alone_nothing_is_said_of_docker()
    {
        Host.UsePodman(s_shut);
        Host.Missing.Add("docker");
        await WatchAsync(s_quick);

        await SeenAsync(seen => seen.Policy == "shut");
        await Task.Delay(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);

        Assert.DoesNotContain(Events, seen => seen.Detail.Contains("Docker", StringComparison.Ordinal));
        Assert.DoesNotContain(Host.Calls, call => call.ToString().StartsWith("docker", StringComparison.Ordinal));
    }

    /// <summary>Podman is installed and has never run: it is not run by the watcher either.</summary>
    [Fact]
    public async Task Podman_is_followed_from_its_first_network_on()
    {
        Host.Podman.IsInstalled = true;
        await WatchAsync(s_quick);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(Host.Calls, call => call.ToString().StartsWith("podman", StringComparison.Ordinal));

        Host.Do(host => host.UsePodman(s_shut));

        await SeenAsync(seen => seen.Kind == WatchKind.NetworkCreated);
        await SeenAsync(seen => seen.Outcome == WatchOutcome.Repaired && seen.Policy == "shut");
    }

    private async Task WatchAsync(WatchTimes times, IReadOnlyCollection<PolicySource>? sources = null)
    {
        Start(new PolicyWatcher(Host.Machine, sources ?? [new LabelSource()], times, TimeProvider.System));
        await UntilAsync(() => IsWatching
            && (!Host.Podman.IsInstalled || !Host.Files.Exists("/run/libpod") || Host.Follow.IsRunning("podman")));
    }
}
