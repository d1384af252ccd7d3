using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>-WhatIf: the same rules, none of them written, and nothing needed for it.</summary>
public sealed class WhatIfTests : IDisposable
{
    private readonly Session _session = new();

    public static TheoryData<string> Commands { get; } =
    [
        "New-TailSplitBypass media -Exclude 198.51.100.0/24",
        "New-TailSplitBypass torrents -Mechanism Route",
        "Get-DockerNetwork media, torrents | New-TailSplitKillswitch -BlockHost -AllowPublishedPort -Action Reject",
        "New-TailSplitKillswitch -Subnet 172.19.0.0/16 -AllowDestination 192.168.1.0/24",
    ];

    public static TheoryData<string> ByHand { get; } =
    [
        "New-TailSplitBypass -Subnet 10.99.0.0/16",
        "New-TailSplitBypass -Subnet 10.99.0.0/16 -Bridge br-lab -Exclude 198.51.100.0/24",
        "New-TailSplitKillswitch -Subnet fd00:99::/64",
        "New-TailSplitKillswitch -Subnet 10.99.0.0/16 -Bridge br-lab -BlockHost",
    ];

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public void It_emits_exactly_the_rules_that_would_be_written_and_writes_none(string command)
    {
        string before = _session.Host.Rules;

        Answer planned = _session.Run(command + " -WhatIf").AssertNoErrors();

        Assert.Equal(0, _session.Host.Writes);
        Assert.Equal(before, _session.Host.Rules);
        Assert.NotEmpty(planned.Rules);
        Assert.All(planned.Rules, rule => Assert.Equal(RuleState.Planned, rule.State));
        Assert.All(planned.Rules, rule => Assert.Null(rule.Packets));
        Assert.Equal(_session.Run(command).AssertNoErrors().Lines, planned.Lines);
    }

    [Theory]
    [MemberData(nameof(ByHand))]
    public void With_a_subnet_by_hand_no_program_need_be_installed_and_nobody_need_be_root(string command)
    {
        string[] anywhere = [.. _session.Run(command + " -WhatIf").AssertNoErrors().Lines];
        _session.Host.Missing.UnionWith(
            ["docker", "ip", "iptables-save", "ip6tables-save", "iptables-restore", "conntrack", "sudo"]);
        _session.Host.RefusesRoot = true;

        Answer planned = _session.Run(command + " -WhatIf").AssertNoErrors();

        Assert.Equal(anywhere, planned.Lines);
        Assert.Equal(0, _session.Host.Writes);
    }

    [Theory]
    [MemberData(nameof(ByHand))]
    public void With_a_subnet_by_hand_docker_is_not_even_asked(string command)
    {
        _session.Run(command + " -WhatIf").AssertNoErrors();

        Assert.DoesNotContain(_session.Host.Calls, call => call.Call.Program == "docker");
    }

    [Theory]
    [MemberData(nameof(ByHand))]
    public void Interfaces_and_routes_are_read_once(string command)
    {
        _session.Run(command + " -WhatIf").AssertNoErrors();

        string[] reads = [.. _session.Host.Calls.Select(call => call.ToString())
            .Where(call => call.Contains(" address show", StringComparison.Ordinal)
                || call.Contains(" route show", StringComparison.Ordinal))];
        Assert.Equal(5, reads.Length);
        Assert.Distinct(reads);
    }

    [Fact]
    public void A_subnet_by_hand_that_is_refused_root_names_why_the_rules_were_not_read_in_verbose()
    {
        _session.Host.RefusesRoot = true;

        Answer answer = _session.Run(
            "New-TailSplitBypass -Subnet 10.99.0.0/16 -Bridge br-lab -WhatIf -Verbose").AssertNoErrors();

        Assert.Contains(
            answer.Verbose, line => line.StartsWith("The plan assumes that no policy is in force", StringComparison.Ordinal));
    }

    [Fact]
    public void It_says_what_if_once_for_each_policy_and_names_it()
    {
        _session.Run("'media', 'torrents' | New-TailSplitKillswitch -WhatIf").AssertNoErrors();

        Assert.Equal(2, _session.Screen.Lines.Count);
        Assert.StartsWith(
            "What if: Performing the operation \"Apply killswitch\" on target \"media (172.18.0.0/16, br-",
            _session.Screen.Lines[0],
            StringComparison.Ordinal);
        Assert.Equal(
            "What if: Performing the operation \"Apply killswitch\" on target \"torrents (172.19.0.0/16, "
                + "fd00:19::/64, br-torrents)\".",
            _session.Screen.Lines[1]);
    }

    [Fact]
    public void Rules_in_force_are_unchanged_also_in_a_plan()
    {
        _session.Given($"New-TailSplitKillswitch torrents");

        Answer planned = _session.Run("New-TailSplitKillswitch torrents -WhatIf").AssertNoErrors();

        Assert.All(planned.Rules, rule => Assert.Equal(RuleState.Unchanged, rule.State));
    }

    [Fact]
    public void A_plan_that_replaces_says_what_would_go()
    {
        _session.Given($"New-TailSplitBypass torrents");
        string before = _session.Host.Rules;

        Answer planned = _session.Run("New-TailSplitKillswitch torrents -Force -WhatIf").AssertNoErrors();

        Assert.Contains(planned.Rules, rule => rule.State == RuleState.Planned);
        Assert.Contains(planned.Rules, rule => rule.State == RuleState.PlannedRemoval);
        Assert.Equal(before, _session.Host.Rules);
    }

    [Fact]
    public void A_plan_that_would_be_refused_is_refused() =>
        Assert.StartsWith(
            "PolicyExists,",
            _session.Given($"New-TailSplitBypass torrents")
                .Run("New-TailSplitKillswitch torrents -WhatIf").Error.FullyQualifiedErrorId,
            StringComparison.Ordinal);

    [Fact]
    public void The_preference_variable_counts_as_well_and_false_overrides_it()
    {
        Assert.NotEmpty(_session.Run("$WhatIfPreference = $true; New-TailSplitBypass media").AssertNoErrors().Rules);
        Assert.Equal(0, _session.Host.Writes);

        _session.Run("$WhatIfPreference = $true; New-TailSplitBypass media -WhatIf:$false").AssertNoErrors();
        Assert.NotEqual(0, _session.Host.Writes);
    }

    [Fact]
    public void Removal_emits_what_would_go_and_lets_it_stay()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        string before = _session.Host.Rules;

        Answer planned = _session.Run("Remove-TailSplitPolicy torrents -WhatIf").AssertNoErrors();

        Assert.NotEmpty(planned.Rules);
        Assert.All(planned.Rules, rule => Assert.Equal(RuleState.PlannedRemoval, rule.State));
        Assert.Equal(0, _session.Host.Writes);
        Assert.Equal(before, _session.Host.Rules);
        Assert.Equal(
            "What if: Performing the operation \"Remove killswitch\" on target \"torrents (172.19.0.0/16, "
                + "fd00:19::/64, br-torrents)\".",
            Assert.Single(_session.Screen.Lines));
    }

    [Fact]
    public void Removal_without_root_says_that_it_cannot_see()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.RefusesRoot = true;

        Answer answer = _session.Run("Remove-TailSplitPolicy * -WhatIf");

        Assert.Contains("can't be read", Assert.Single(answer.Warnings), StringComparison.Ordinal);
        Assert.Equal(0, _session.Host.Writes);
    }
}
