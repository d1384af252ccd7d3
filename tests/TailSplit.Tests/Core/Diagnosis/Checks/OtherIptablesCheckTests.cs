using TailSplit.Core.Compilation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class OtherIptablesCheckTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    public void Rules_of_others_in_the_other_store_are_a_warning_without_a_command(int count)
    {
        Host host = Hide("*filter\n" + string.Concat(Enumerable.Range(1, count).Select(
            number => $"-A FORWARD -s 203.0.113.{number}/32 -j DROP\n")) + "COMMIT\n");

        Assert.Equal(["OtherIptables Warn"], host.Troubles());
        Assert.Null(host.Result("OtherIptables").Remedy);
        Assert.Contains($"{count} of an unknown program", host.Result("OtherIptables").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Tailscales_own_chains_in_the_other_store_pass_with_a_word()
    {
        Host host = Hide(UsualRules.Tailscale);

        Assert.Empty(host.Troubles());
        Assert.Contains("TS_DEBUG_FIREWALL_MODE", host.Result("OtherIptables").Detail, StringComparison.Ordinal);
        Assert.Contains("ts-forward", host.Result("OtherIptables").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_whose_policy_is_drop_is_said_to_hold_the_hosts_own_connections()
    {
        Host host = Hide(
            "*filter\n:INPUT DROP [0:0]\n:ufw-user-input - [0:0]\n-A INPUT -j ufw-user-input\n"
                + "-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n");

        CheckResult result = host.Result("OtherIptables");
        Assert.Equal((CheckStatus.Warn, null), (result.Status, result.Remedy));
        Assert.Contains("ufw", result.Detail, StringComparison.Ordinal);
        Assert.Contains("those of an SSH session", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void What_docker_left_behind_when_it_moved_is_named_and_the_jump_that_holds_a_killswitch_stays()
    {
        Host host = Snapshots.Healthy();
        host = host with
        {
            Firewall = host.Firewall with { Other = IpFamilies.All.ToDictionary(family => family, host.Live.Iptables.Saved) },
        };

        CheckResult result = host.Result("OtherIptables");
        Assert.Equal((CheckStatus.Warn, null), (result.Status, result.Remedy));
        Assert.Contains("of Docker (", result.Detail, StringComparison.Ordinal);
        Assert.Contains("TailSplit's own there apply", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_killswitch_that_the_left_store_holds_is_a_warning_and_its_own_command_takes_it_along()
    {
        Host host = Snapshots.Healthy();
        Dictionary<IpFamily, SavedRuleset> now = IpFamilies.All.ToDictionary(
            family => family, _ => SavedRuleset.Parse("*filter\n:DOCKER-USER - [0:0]\n-A FORWARD -j ACCEPT\nCOMMIT\n"));
        host = host with
        {
            Firewall = host.Firewall with { Other = IpFamilies.All.ToDictionary(family => family, host.Live.Iptables.Saved) },
            Live = new LiveRules(now, host.Live.AllRouting),
        };

        CheckResult result = host.Result("DockerUser");
        Assert.Equal(CheckStatus.Warn, result.Status);
        Assert.Equal("New-TailSplitKillswitch torrents -Force", result.Remedy);
    }

    private static Host Hide(string rules) => Snapshots.Of(
        Snapshots.Nothing, host => host.Firewall[IpFamily.IPv4, IptablesVariant.Legacy].Load(rules));
}
