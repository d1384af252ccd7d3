using System.Management.Automation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Netfilter;
using Xunit;

namespace TailSplit.Tests.Engine.Failing;

/// <summary>Somebody else writes at the worst moment.</summary>
public sealed class ForeignWriterTests : IDisposable
{
    private const string Overtake = "*filter\n-I DOCKER-USER 1 -s 203.0.113.0/24 -j ACCEPT\nCOMMIT\n";

    // x_tables, where the tools are asked to test first: a moment between reading and writing.
    private readonly Session _session = new(UsualHost.Create(IptablesVariant.Legacy));

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_rule_that_overtakes_our_jump_is_overtaken_again_and_stays()
    {
        Intrude(Calls.Restore(IpFamily.IPv4), Overtake);

        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        Assert.Equal(["TAILSPLIT-KILLSWITCH", "ACCEPT"], Targets("filter", "DOCKER-USER"));
        AssertActive();
    }

    [Fact]
    public void Rules_that_docker_inserts_above_ours_in_nat_and_forward_are_overtaken_again()
    {
        Intrude(Calls.Restore(IpFamily.IPv4), """
            *filter
            -D FORWARD -j DOCKER-USER
            -I FORWARD 1 -j DOCKER-FORWARD
            -I FORWARD 1 -j DOCKER-USER
            COMMIT
            *nat
            -I POSTROUTING 1 -s 172.25.0.0/16 ! -o br-new -j MASQUERADE
            COMMIT

            """);

        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        AssertActive();
    }

    [Fact]
    public void A_program_that_always_overtakes_the_jump_is_an_error_and_the_old_rules_are_restored()
    {
        string[] before = OwnLines();
        _session.Host.Intruders.Add(new Intruder(
            Calls.Restore(IpFamily.IPv4), host => host.Firewall[IpFamily.IPv4].Load(Overtake))
        { Times = int.MaxValue });

        ErrorRecord error = _session.Run(
            "New-TailSplitKillswitch torrents").AssertError("ApplyFailed", ErrorCategory.InvalidOperation);

        Assert.Equal("read back", error.TargetObject);
        Assert.Equal(before, OwnLines());
    }

    [Fact]
    public void A_docker_user_chain_that_docker_makes_between_reading_and_writing_is_used()
    {
        FakeTable filter = _session.Host.Firewall[IpFamily.IPv4].Find("filter")!;
        filter.Find("FORWARD")!.Rules.RemoveAll(rule => rule.Target == "DOCKER-USER");
        filter.Remove(filter.Find("DOCKER-USER")!);
        Intrude(Calls.Test(IpFamily.IPv6), "*filter\n:DOCKER-USER - [0:0]\n-I FORWARD 1 -j DOCKER-USER\nCOMMIT\n");

        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();
        AssertActive();
        _session.Run("Remove-TailSplitPolicy *").AssertNoErrors();

        // Docker's, and there as Docker made it.
        Assert.Empty(Targets("filter", "DOCKER-USER"));
        Assert.Contains("DOCKER-USER", Targets("filter", "FORWARD"));
        Assert.Empty(OwnLines());
    }

    [Fact]
    public void A_docker_user_chain_that_is_removed_between_reading_and_writing_is_created_again()
    {
        _session.Host.Intruders.Add(new Intruder(Calls.Test(IpFamily.IPv6), host =>
        {
            FakeTable filter = host.Firewall[IpFamily.IPv4].Find("filter")!;
            filter.Find("FORWARD")!.Rules.RemoveAll(rule => rule.Target == "DOCKER-USER");
            filter.Remove(filter.Find("DOCKER-USER")!);
        }));

        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        Assert.Contains("TAILSPLIT-KILLSWITCH", Targets("filter", "FORWARD").Concat(Targets("filter", "DOCKER-USER")));
        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();
        AssertActive();
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void A_firewall_that_is_flushed_just_after_our_commit_is_written_again(IpFamily family)
    {
        _session.Host.Intruders.Add(new Intruder(Calls.Restore(family), host => host.Firewall[family].Flush()));

        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        Assert.Contains("TSK-torrents", _session.Host.Firewall[family].Save(counters: false), StringComparison.Ordinal);
    }

    [Fact]
    public void An_ip_rule_of_ours_that_a_person_deletes_at_the_same_moment_is_no_failure()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.Intruders.Add(new Intruder(
            Calls.Test(IpFamily.IPv4), host => host.Routes.Delete(IpFamily.IPv4, rule => rule.End == "prohibit")));

        _session.Run("Remove-TailSplitPolicy torrents").AssertNoErrors();

        Assert.Empty(OwnLines());
        Assert.DoesNotContain("\"protocol\":\"84\"", _session.Host.Routes.Save(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_ip_rule_of_ours_that_a_person_adds_at_the_same_moment_is_no_failure()
    {
        _session.Host.Intruders.Add(new Intruder(
            Calls.Test(IpFamily.IPv4),
            host => host.Routes.Add(IpFamily.IPv4, "pref 95831 iif br-torrents blackhole protocol 84")));

        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        AssertActive();
    }

    private void Intrude(Func<ProgramCall, bool> after, string text) =>
        _session.Host.Intruders.Add(new Intruder(after, host => host.Firewall[IpFamily.IPv4].Load(text)));

    private string[] Targets(string table, string chain) =>
        [.. _session.Host.Firewall[IpFamily.IPv4].Find(table, chain)!.Rules.Select(rule => rule.Target)];

    private string[] OwnLines() => [.. _session.Host.Rules.Split('\n').Where(line =>
        line.Contains("TAILSPLIT", StringComparison.Ordinal) || line.Contains("TSK-", StringComparison.Ordinal))];

    private void AssertActive()
    {
        TailSplitPolicy policy = Assert.Single(_session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies);
        Assert.Empty(policy.Missing);
    }
}
