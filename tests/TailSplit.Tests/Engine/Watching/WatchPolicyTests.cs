using TailSplit.Core.Model;
using TailSplit.Execution.Labels;
using TailSplit.Execution.Watching;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine.Watching;

/// <summary>Policies that the watcher holds while networks come and go.</summary>
public sealed class WatchPolicyTests : WatchedHost
{
    [Fact]
    public async Task A_network_that_is_recreated_under_its_name_gets_its_policy_again()
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
        Assert.Equal(["games"], Session.Run("Get-TailSplitPolicy").Policies.Select(policy => policy.Name));
    }

    [Fact]
    public async Task A_labelled_network_is_closed_as_soon_as_it_is_created()
    {
        await WatchAsync("", Told, [new LabelSource()]);

        Host.Do(host => host.Add(
            new FakeNetwork(
                "fresh")
            { Subnet = ["172.30.0.0/16"], Labels = new() { ["tailsplit.policy"] = "killswitch" } }));
        Tell("create", "fresh");

        WatchEvent repaired = await SeenAsync(WatchOutcome.Repaired);
        Assert.Equal((WatchKind.NetworkCreated, "fresh", "fresh"), (repaired.Kind, repaired.Policy, repaired.Network));
    }

    [Fact]
    public async Task A_policy_that_a_command_creates_meanwhile_is_kept_in_force_too()
    {
        await WatchAsync("");

        Session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();
        Host.Follow.Print("nft", "# new generation 8 by process 4711 (iptables-nft-re)");
        Assert.Equal("torrents", (await SeenAsync(WatchOutcome.Held)).Policy);
        Host.Do(host => host.Routes.Delete(IpFamily.IPv6, rule => rule.Protocol == 84));
        Host.Follow.Print("ip", "Deleted 95831:\tfrom all iif br-torrents blackhole proto 84");

        Assert.Equal("torrents", (await SeenAsync(WatchOutcome.Repaired)).Policy);
    }

    [Fact]
    public void The_cmdlet_emits_objects_and_stops_when_nobody_wants_more()
    {
        Session.Given($"New-TailSplitKillswitch torrents");

        Answer answer = Session.Run(
            "Watch-TailSplitPolicy | ForEach-Object { $_; if ($_.Detail -eq 'Watching.') { break } }");

        Assert.Equal(["Held", "None"], answer.Of<TailSplitEvent>().Select(seen => seen.Outcome));
        Assert.Equal(
            "Started Held torrents (torrents): killswitch on 172.19.0.0/16, fd00:19::/64, br-torrents",
            $"{answer.Output[0]}");
        Assert.False(Host.Follow.IsRunning("ip"));
    }

    private void Tell(string action, string network) => Host.Follow.Print(
        "docker",
        $$$"""{"Type":"network","Action":"{{{action}}}","Actor":{"ID":"ab","Attributes":{"name":"{{{network}}}","type":"bridge"}},"scope":"local"}""");
}
