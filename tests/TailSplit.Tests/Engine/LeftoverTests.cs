using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Netfilter;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>
/// Remains of policies, as kill -9, a person or <c>iptables -F</c> leave them, and what "*" does about them.
/// </summary>
public sealed class LeftoverTests : IDisposable
{
    private readonly Session _session = new();
    private readonly string _before;

    public LeftoverTests() => _before = _session.Host.Rules;

    public static TheoryData<string> Remains { get; } =
    [
        "*filter\n-N TSK-old\nCOMMIT\n",
        "*filter\n-N TAILSPLIT-KILLSWITCH\n-A DOCKER-USER -m comment --comment tailsplit -j TAILSPLIT-KILLSWITCH\n"
            + "COMMIT\n",
        "*filter\n-N TAILSPLIT-HOST\n-I INPUT 1 -j TAILSPLIT-HOST\nCOMMIT\n",
        "*nat\n-N TAILSPLIT-NAT\n-A TAILSPLIT-NAT -s 10.1.0.0/16 -o tailscale0 -j MASQUERADE\nCOMMIT\n",
        "*mangle\n-N TSB-old\n-N TAILSPLIT-BYPASS\n-A TAILSPLIT-BYPASS -i br-old -g TSB-old\n"
            + "-A PREROUTING -j TAILSPLIT-BYPASS\nCOMMIT\n",
        "*filter\n-N TSK-old\n-N TAILSPLIT-KILLSWITCH\n" +
            "-A TAILSPLIT-KILLSWITCH -i br-old -m comment --comment \"tailsplit killswitch old\" -g TSK-old\nCOMMIT\n",
    ];

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Removing_everything_does_nothing_if_nothing_is_in_force()
    {
        Answer answer = _session.Run("Remove-TailSplitPolicy *").AssertNoErrors();

        Assert.Empty(answer.Output);
        Assert.Equal(0, _session.Host.Writes);
    }

    [Theory]
    [MemberData(nameof(Remains))]
    public void Removing_everything_removes_what_is_left_in_the_firewall(string remains)
    {
        _session.Host.Firewall[IpFamily.IPv4].Load(remains);
        _session.Host.Firewall[IpFamily.IPv6]
            .Load(remains.Replace("10.1.0.0/16", "fd00::/64", StringComparison.Ordinal));

        _session.Run("Remove-TailSplitPolicy *").AssertNoErrors();

        Assert.Equal(_before, _session.Host.Rules);
    }

    [Theory]
    [MemberData(nameof(Remains))]
    public void Removing_everything_includes_leftovers_in_the_store_that_docker_has_left(string remains)
    {
        FakeRuleset left = _session.Host.Firewall[IpFamily.IPv4, IptablesVariant.Legacy];
        left.Load("*filter\n:DOCKER-USER - [0:0]\nCOMMIT\n" + remains);

        _session.Run("Remove-TailSplitPolicy * -WhatIf").AssertNoErrors();
        Assert.Equal(0, _session.Host.Writes);
        _session.Run("Remove-TailSplitPolicy *").AssertNoErrors();

        // The kernel keeps a table that was used once.
        string rules = left.Save(counters: false);
        Assert.Contains(":DOCKER-USER", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("TAILSPLIT", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("-old", rules, StringComparison.Ordinal);
        _session.Host.Forget();
        _session.Run("Remove-TailSplitPolicy *").AssertNoErrors();
        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void A_store_that_docker_has_left_and_that_can_not_be_read_is_warned_of()
    {
        FakeRuleset left = _session.Host.Firewall[IpFamily.IPv4, IptablesVariant.Legacy];
        _session.Given($"New-TailSplitKillswitch torrents");
        left.Load("*filter\n:DOCKER-USER - [0:0]\n-N TSK-old\nCOMMIT\n");
        _session.Host.Faults.Add(new Fault(call => call.Program == "iptables-legacy-save" && call.Arguments is ["-c"])
        {
            ExitCode = 1,
            Words = "iptables-legacy-save: Cannot initialize: Permission denied",
            Times = int.MaxValue,
        });

        foreach (string script in (string[])["Remove-TailSplitPolicy torrents", "Remove-TailSplitPolicy *"])
        {
            string warning = Assert.Single(_session.Run(script).AssertNoErrors().Warnings);
            Assert.Contains("Rules of TailSplit in that store", warning, StringComparison.Ordinal);
            Assert.Contains("iptables-legacy-save", warning, StringComparison.Ordinal);
        }

        Assert.Empty(_session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies);
        Assert.Contains("TSK-old", left.Save(counters: false), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Remains))]
    public void A_dry_run_of_removing_everything_removes_no_leftovers(string remains)
    {
        _session.Host.Firewall[IpFamily.IPv4].Load(remains);
        string before = _session.Host.Rules;

        _session.Run("Remove-TailSplitPolicy * -WhatIf").AssertNoErrors();

        Assert.Equal(0, _session.Host.Writes);
        Assert.Equal(before, _session.Host.Rules);
    }

    [Fact]
    public void Confirm_asks_for_leftovers_too()
    {
        _session.Host.Firewall[IpFamily.IPv4].Load("*filter\n-N TSK-old\nCOMMIT\n");
        string before = _session.Host.Rules;
        _session.Screen.Answers.Enqueue("No");

        _session.Run("Remove-TailSplitPolicy * -Confirm");

        Assert.Equal(before, _session.Host.Rules);
    }

    [Fact]
    public void Removing_everything_includes_ip_rules_whose_firewall_was_flushed()
    {
        _session.Given(
            $"'torrents', 'media' | New-TailSplitKillswitch; New-TailSplitBypass games; New-TailSplitBypass -Subnet 10.99.0.0/16");
        foreach (IpFamily family in IpFamilies.All)
            _session.Host.Firewall[family].Flush();

        string flushed = _session.Host.Firewall.Save(counters: false);

        _session.Run("Remove-TailSplitPolicy *").AssertNoErrors();

        Assert.Equal(flushed, _session.Host.Firewall.Save(counters: false));
        Assert.DoesNotContain("\"protocol\":\"84\"", _session.Host.Routes.Save(), StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_flush_the_command_that_made_a_policy_makes_it_whole()
    {
        using Session fresh = new();
        foreach (IpFamily family in IpFamilies.All)
            fresh.Host.Firewall[family].Flush();

        fresh.Given($"New-TailSplitKillswitch torrents");
        _session.Given($"New-TailSplitKillswitch torrents");
        foreach (IpFamily family in IpFamilies.All)
            _session.Host.Firewall[family].Flush();

        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        Assert.Equal(fresh.Host.Rules, _session.Host.Rules);
        Assert.Equal("torrents", Assert.Single(_session.Run("Get-TailSplitPolicy").Policies).Name);
    }

    [Fact]
    public void The_ip_rules_of_others_stay_even_at_our_preferences()
    {
        _session.Host.Routes.Add(IpFamily.IPv4, "pref 5100 to 203.0.113.0/24 lookup main");
        string before = _session.Host.Rules;
        _session.Given($"New-TailSplitKillswitch torrents");

        _session.Run("Remove-TailSplitPolicy *").AssertNoErrors();

        Assert.Equal(before, _session.Host.Rules);
    }

    [Fact]
    public void A_change_that_was_stopped_half_way_is_finished_by_the_next_command()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        string whole = _session.Host.Rules;
        using Session stopped = new();
        // Killed between the first family's commit and all that follows.
        stopped.Run("New-TailSplitKillswitch torrents").AssertNoErrors();
        stopped.Host.Firewall[IpFamily.IPv6].Delete("tailsplit");
        stopped.Host.Routes.Delete(IpFamily.IPv4, rule => rule.Protocol == 84);
        stopped.Host.Routes.Delete(IpFamily.IPv6, rule => rule.Protocol == 84);
        Assert.Equal(PolicyState.Degraded, Assert.Single(stopped.Run("Get-TailSplitPolicy").Policies).State);

        stopped.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        Assert.Equal(whole, stopped.Host.Rules);
    }
}
