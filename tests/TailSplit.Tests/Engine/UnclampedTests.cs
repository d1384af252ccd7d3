using System.Management.Automation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Core.Diagnosis;
using TailSplit.Tests.Engine.Failing;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>
/// A kernel need not have xt_TCPMSS, and policies can be older than the rule that uses it: a killswitch is in force all
/// the same.
/// </summary>
public sealed class UnclampedTests
{
    private const string Both = "New-TailSplitKillswitch torrents; New-TailSplitBypass media";

    public static TheoryData<IptablesVariant, string> Refusals { get; } = new()
    {
        { IptablesVariant.Nft, "line 7: RULE_APPEND failed (No such file or directory): rule in chain TAILSPLIT-MSS" },
        { IptablesVariant.Nft, "iptables-nft-restore v1.8.9 (nf_tables): unknown option \"--clamp-mss-to-pmtu\"\nError occurred at line: 7" },
        { IptablesVariant.Legacy, "Warning: Extension TCPMSS revision 0 not supported, missing kernel module?\niptables-restore: line 9 failed" },
        { IptablesVariant.Legacy, "iptables-restore v1.6.1: Couldn't load target `TCPMSS':No such file or directory" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_kernel_without_the_target_gets_its_killswitch_and_a_warning(IptablesVariant store, string words)
    {
        foreach (FaultPoint point in (FaultPoint[])[FaultPoint.Before, FaultPoint.Halfway])
        {
            using Session session = new(UsualHost.Create(store));
            string before = session.Host.Rules;
            session.Host.Faults.Add(WithoutTarget(words, point));

            Answer answer = session.Run(Both).AssertNoErrors();

            string warning = Assert.Single(answer.Warnings);
            Assert.Contains("xt_TCPMSS", warning, StringComparison.Ordinal);
            Assert.Contains(words.Split('\n')[0], warning, StringComparison.Ordinal);
            AssertActive(session);
            Assert.DoesNotContain("TAILSPLIT-MSS", session.Host.Rules, StringComparison.Ordinal);
            Assert.True(Scenario.IsClosed(session.Host));

            // Nothing is left to be done: neither the same command nor the watcher, which foresees, writes again.
            session.Host.Forget();
            Assert.Empty(session.Run(Both).AssertNoErrors().Warnings);
            Assert.DoesNotContain(session.Host.Calls, call => call.IsWrite);

            session.Run("Remove-TailSplitPolicy *").AssertNoErrors();
            Assert.Equal(before, session.Host.Rules);
        }
    }

    [Fact]
    public void The_kernel_is_asked_again_by_Force()
    {
        using Session session = new(UsualHost.Create(IptablesVariant.Nft));
        session.Host.Faults.Add(
            WithoutTarget("line 7: RULE_APPEND failed: rule in chain TAILSPLIT-MSS", FaultPoint.Before));
        session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        Assert.Single(session.Run("New-TailSplitKillswitch torrents -Force").AssertNoErrors().Warnings);
        AssertActive(session);
        session.Host.Faults.Clear();
        Assert.Contains(
            "the kernel refused the rule before",
            Assert.Single(session.Run("New-TailSplitKillswitch games").AssertNoErrors().Warnings),
            StringComparison.Ordinal);
        Assert.DoesNotContain("TAILSPLIT-MSS", session.Host.Rules, StringComparison.Ordinal);
        Assert.Empty(session.Run("New-TailSplitKillswitch torrents -Force").AssertNoErrors().Warnings);

        AssertActive(session);
        Assert.Contains("-A TAILSPLIT-MSS", session.Host.Rules, StringComparison.Ordinal);
        Assert.DoesNotContain("mss=none", session.Host.Rules, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_is_closed_already_stays_closed_while_the_kernel_is_asked()
    {
        using Session session = Scenario.All["second"].Prepare(IptablesVariant.Nft);
        session.Host.Faults.Add(WithoutTarget("RULE_APPEND failed: rule in chain TAILSPLIT-MSS", FaultPoint.Halfway));
        bool stayed = true;
        session.Host.Intruders.Add(
            new Intruder(Calls.IsWrite, host => stayed &= Scenario.IsClosed(host)) { Times = int.MaxValue });

        session.Run("New-TailSplitKillswitch games").AssertNoErrors();

        Assert.True(stayed);
        AssertActive(session);
    }

    [Fact]
    public void A_failure_of_something_else_is_an_error_as_ever()
    {
        using Session session = new();
        string before = session.Host.Rules;
        session.Host.Faults.Add(WithoutTarget("iptables-restore: line 4 failed", FaultPoint.Before));

        session.Run("New-TailSplitKillswitch torrents").AssertError("ApplyFailed", ErrorCategory.InvalidOperation);

        Assert.Equal(before, session.Host.Rules);
    }

    [Fact]
    public void Mtu_names_the_killswitch_and_the_module()
    {
        FakeHost host = UsualHost.Create();
        host.Routes.Mtu["tailscale0"] = 1280;
        host.Faults.Add(WithoutTarget("rule in chain TAILSPLIT-MSS", FaultPoint.Before));

        Host snapshot = Snapshots.Of(host, "New-TailSplitKillswitch torrents; New-TailSplitBypass media");

        CheckResult result = snapshot.Result("Mtu");
        Assert.Equal(CheckStatus.Warn, result.Status);
        Assert.Equal("modprobe xt_TCPMSS; New-TailSplitKillswitch torrents -Force", result.Remedy);
        Assert.DoesNotContain(snapshot.Troubles(), trouble => trouble.StartsWith("Rules", StringComparison.Ordinal));
    }

    [Fact]
    public void Rules_of_an_earlier_version_are_degraded_and_get_the_clamp_without_force_and_nothing_else()
    {
        using Session session = new();
        session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();
        string whole = session.Host.Rules;
        foreach (IpFamily family in IpFamilies.All)
        {
            session.Host.Firewall[family].Load(
                "*mangle\n-D FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -m comment --comment tailsplit -j TAILSPLIT-MSS\n"
                    + "-F TAILSPLIT-MSS\n-X TAILSPLIT-MSS\nCOMMIT\n");
        }

        Assert.Equal(PolicyState.Degraded, Assert.Single(session.Run("Get-TailSplitPolicy").Policies).State);
        session.Host.Forget();
        session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        Assert.Equal(whole, session.Host.Rules);
        Assert.All(
            session.Host.Calls.Where(call => call.IsWrite),
            call => Assert.DoesNotContain("*filter", call.Call.Input ?? "", StringComparison.Ordinal));
        AssertActive(session);
    }

    private static Fault WithoutTarget(string words, FaultPoint point) => new(call =>
        (Calls.Restore(IpFamily.IPv4)(call) || Calls.Restore(IpFamily.IPv6)(call)
            || Calls.Test(IpFamily.IPv4)(call) || Calls.Test(IpFamily.IPv6)(call))
        && call.Input?.Contains("-j TCPMSS", StringComparison.Ordinal) == true)
    {
        Point = point,
        Words = words,
        Times = int.MaxValue,
    };

    private static void AssertActive(Session session) => Assert.All(
        session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies,
        policy => Assert.Equal(PolicyState.Active, policy.State));
}
