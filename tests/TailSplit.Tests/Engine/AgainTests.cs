using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>The same policy once more: with the same options, with others, of the other kind.</summary>
public sealed class AgainTests : IDisposable
{
    private readonly Session _session = new();

    public static TheoryData<string> Commands { get; } =
    [
        "New-TailSplitBypass media",
        "New-TailSplitBypass torrents -Exclude 198.51.100.0/24, 2001:db8::/32",
        "New-TailSplitBypass torrents -Mechanism Route -Exclude 198.51.100.0/24",
        "New-TailSplitBypass -Subnet 10.99.0.0/16",
        "New-TailSplitKillswitch torrents",
        "New-TailSplitKillswitch torrents -AllowDestination 192.168.1.0/24 -AllowPublishedPort -Action Reject "
            + "-BlockHost",
        "New-TailSplitKillswitch -Subnet 10.99.0.0/16, fd00:99::/64 -BlockHost",
        "New-TailSplitKillswitch -Bridge br-torrents",
        "New-TailSplitBypass media -Exclude 198.51.100.0/24, 2001:db8::/32",
        "New-TailSplitKillswitch media -AllowDestination 192.168.1.0/24, fd00:1::/64",
        "Get-DockerNetwork media, torrents, games | New-TailSplitKillswitch -TunnelInterface ts-work",
    ];

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_same_again_is_unchanged_and_writes_nothing(string command)
    {
        _session.Given($"{command}");
        string before = _session.Host.Rules;

        Answer answer = _session.Run(command).AssertNoErrors();

        Assert.NotEmpty(answer.Rules);
        Assert.All(answer.Rules, rule => Assert.Equal(RuleState.Unchanged, rule.State));
        Assert.Equal(0, _session.Host.Writes);
        Assert.Equal(before, _session.Host.Rules);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_same_again_by_force_writes_nothing_either(string command)
    {
        _session.Given($"{command}");

        _session.Run(command + " -Force").AssertNoErrors();

        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void Counters_are_kept_when_nothing_changes_and_when_another_policy_comes()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.Firewall[IpFamily.IPv4].Count("-A TSK-torrents", 0, 0);
        _session.Host.Firewall[IpFamily.IPv4].Count("-j DROP", 7, 700);

        _session.Run("New-TailSplitKillswitch torrents; New-TailSplitKillswitch media; New-TailSplitBypass games")
            .AssertNoErrors();

        Assert.Equal(7UL, Assert.Single(_session.Run("Get-TailSplitPolicy torrents").Policies).PacketsBlocked);
    }

    [Fact]
    public void Counters_of_rules_that_stay_are_kept_when_options_change()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.Firewall[IpFamily.IPv4].Count("-j DROP", 7, 700);
        _session.Host.Firewall[IpFamily.IPv4]
            .Count("-o tailscale0 -m comment --comment \"tailsplit killswitch torrents\"", 5, 500);

        _session.Run("New-TailSplitKillswitch torrents -AllowDestination 192.168.1.0/24 -Force").AssertNoErrors();

        TailSplitPolicy policy = Assert.Single(_session.Run("Get-TailSplitPolicy").Policies);
        Assert.Equal(7UL, policy.PacketsBlocked);
        Assert.Equal(5UL, policy.PacketsPassed);
    }

    [Theory]
    [InlineData("New-TailSplitKillswitch torrents -BlockHost", "BlockHost")]
    [InlineData("New-TailSplitKillswitch torrents -Action Reject", "Action")]
    [InlineData("New-TailSplitKillswitch torrents -AllowPublishedPort", "AllowPublishedPort")]
    [InlineData("New-TailSplitKillswitch torrents -AllowDestination 192.168.1.0/24", "AllowDestination")]
    [InlineData("New-TailSplitKillswitch torrents -TunnelInterface ts-work", "TunnelInterface")]
    [InlineData("New-TailSplitKillswitch -Name torrents -Subnet 10.99.0.0/16 -Bridge br-lab", "Subnet")]
    [InlineData("New-TailSplitBypass torrents", "Killswitch instead of Bypass")]
    public void Other_options_are_an_error_that_names_the_difference_and_force(string command, string difference)
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        string before = _session.Host.Rules;

        ErrorRecord error = _session.Run(command).AssertError("PolicyExists", ErrorCategory.ResourceExists);

        Assert.Contains(difference, error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains("-Force", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("torrents", error.TargetObject);
        Assert.Equal(0, _session.Host.Writes);
        Assert.Equal(before, _session.Host.Rules);
    }

    [Fact]
    public void By_force_options_are_replaced_in_one_commit_of_each_family()
    {
        _session.Given($"New-TailSplitKillswitch torrents -BlockHost");

        Answer answer = _session.Run("New-TailSplitKillswitch torrents -Action Reject -Force").AssertNoErrors();

        AssertOneCommit();
        TailSplitPolicy policy = Assert.Single(_session.Run("Get-TailSplitPolicy").Policies);
        Assert.Equal(BlockAction.Reject, policy.Action);
        Assert.False(policy.BlockHost);
        Assert.Equal(PolicyState.Active, policy.State);
        Assert.Contains(answer.Rules, rule => rule.State == RuleState.Applied);
        Assert.Contains(answer.Rules, rule => rule.State == RuleState.Removed && rule.Chain == "TAILSPLIT-HOST");
        Assert.Contains(answer.Rules, rule => rule.State == RuleState.Unchanged);
    }

    [Theory]
    [InlineData("New-TailSplitBypass", "New-TailSplitKillswitch", PolicyKind.Killswitch)]
    [InlineData("New-TailSplitKillswitch", "New-TailSplitBypass", PolicyKind.Bypass)]
    public void By_force_the_kind_is_changed_in_one_commit_and_nothing_of_the_old_kind_stays(
        string first, string second, PolicyKind kind)
    {
        using Session fresh = new();
        fresh.Given($"{second} torrents");
        _session.Given($"{first} torrents");

        _session.Run($"{second} torrents -Force").AssertNoErrors();

        AssertOneCommit();
        Assert.Equal(fresh.Host.Rules, _session.Host.Rules);
        Assert.Equal(kind, Assert.Single(_session.Run("Get-TailSplitPolicy").Policies).Kind);
    }

    [Theory]
    [InlineData("New-TailSplitKillswitch -Name other -Subnet 172.19.5.0/24 -Bridge br-other")]
    [InlineData("New-TailSplitKillswitch -Name other -Subnet 172.16.0.0/12 -Bridge br-other")]
    [InlineData("New-TailSplitKillswitch -Name other -Subnet 10.99.0.0/16 -Bridge br-torrents")]
    [InlineData("New-TailSplitBypass -Name other -Subnet fd00:19::/64 -Bridge br-other")]
    [InlineData("New-TailSplitBypass torrents -Name other")]
    [InlineData("New-TailSplitBypass torrents -Name other -Force")]
    public void Two_policies_on_one_bridge_or_subnet_are_refused_also_by_force(string command)
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        string before = _session.Host.Rules;

        ErrorRecord error = _session.Run(command).AssertError("OverlappingPolicies", ErrorCategory.ResourceExists);

        Assert.Contains("'torrents'", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains(
            "Remove-TailSplitPolicy torrents", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("other", error.TargetObject);
        Assert.Equal(0, _session.Host.Writes);
        Assert.Equal(before, _session.Host.Rules);
    }

    [Fact]
    public void A_recreated_network_keeps_its_policy_without_force()
    {
        _session.Given($"New-TailSplitKillswitch media");
        _session.Host.Remove(UsualHost.Media);
        FakeHost host = _session.Host.Add(UsualHost.Media with { Incarnation = 1, Subnet = ["172.30.0.0/16"] });

        _session.Run("New-TailSplitKillswitch media").AssertNoErrors();

        TailSplitPolicy policy = Assert.Single(_session.Run("Get-TailSplitPolicy").Policies);
        Assert.Equal(["172.30.0.0/16"], policy.Subnet);
        Assert.Equal(PolicyState.Active, policy.State);
        Assert.DoesNotContain(UsualHost.Media.Bridge, host.Rules, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_policy_is_repaired_by_the_command_that_created_it()
    {
        _session.Given($"New-TailSplitKillswitch torrents -BlockHost");
        string whole = _session.Host.Rules;
        _session.Host.Firewall[IpFamily.IPv4].Delete("-j DROP -");
        _session.Host.Firewall[IpFamily.IPv4].Find("filter", "TSK-torrents")!.Rules.Clear();
        _session.Host.Routes.Delete(IpFamily.IPv6, rule => rule.End == "prohibit");

        _session.Run("New-TailSplitKillswitch torrents -BlockHost").AssertNoErrors();

        Assert.Equal(whole, _session.Host.Rules);
    }

    private void AssertOneCommit()
    {
        foreach (IpFamily family in IpFamilies.All)
        {
            Assert.Single(_session.Host.Calls, call => Calls.Restore(family)(call.Call));
            Assert.InRange(_session.Host.Calls.Count(call => Calls.Batch(family)(call.Call)), 0, 1);
        }
    }
}
