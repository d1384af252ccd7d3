using System.Management.Automation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine.Failing;

/// <summary>What can't be written, ever: the old rules come back, since going back is another text.</summary>
public sealed class ForwardFailureTests
{
    [Theory]
    [InlineData("restore v4", FaultPoint.Before)]
    [InlineData("restore v4", FaultPoint.Halfway)]
    [InlineData("restore v6", FaultPoint.Before)]
    [InlineData("restore v6", FaultPoint.Halfway)]
    [InlineData("batch v4", FaultPoint.Before)]
    [InlineData("batch v4", FaultPoint.Halfway)]
    [InlineData("batch v6", FaultPoint.Before)]
    [InlineData("batch v6", FaultPoint.Halfway)]
    public void The_old_rules_come_back_and_the_error_names_step_and_words(string step, FaultPoint point)
    {
        using Session session = Scenario.All["second"].Prepare();
        string old = session.Host.Rules;
        session.Host.Faults.Add(new Fault(call => Step.All[step].Calls(call) && Adds(call.Input!))
        {
            Point = point,
            Words = "RTNETLINK answers: No buffer space available",
            Times = int.MaxValue,
        });

        Answer answer = session.Run("New-TailSplitKillswitch games");

        Assert.Equal(old, session.Host.Rules);
        ErrorRecord error = answer.AssertError("ApplyFailed", ErrorCategory.InvalidOperation);
        Assert.Equal(Step.All[step].Name, error.TargetObject);
        Assert.Contains("No buffer space available", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "The rules are as they were before.", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);

        static bool Adds(string text) =>
            text.Split('\n').Any(line =>
                (line.Contains("killswitch games", StringComparison.Ordinal) && !line.StartsWith(
                    "-D", StringComparison.Ordinal))
                || line.StartsWith("rule add", StringComparison.Ordinal));
    }

    [Fact]
    public void A_failed_restore_is_reported_with_what_to_do()
    {
        using Session session = new();
        session.Host.Faults.Add(
            new Fault(Calls.Batch(IpFamily.IPv6)) { Point = FaultPoint.Halfway, Words = "first words", Times = 3 });
        session.Host.Faults.Add(
            new Fault(Calls.Restore(IpFamily.IPv4)) { Skip = 1, Words = "second words", Times = int.MaxValue });
        session.Host.Faults.Add(new Fault(Calls.Batch(IpFamily.IPv6)) { Words = "first words", Times = int.MaxValue });

        ErrorRecord error = session.Run(
            "New-TailSplitKillswitch torrents").AssertError("ApplyFailed", ErrorCategory.InvalidOperation);

        Assert.Contains("first words", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "Restoring the earlier rules failed too: ", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("Get-TailSplitPolicy", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_restore_leaves_the_network_closed_and_the_next_command_repairs_it()
    {
        using Session session = new();
        (_, string whole) = new Scenario("", "New-TailSplitKillswitch torrents").Ends();
        session.Host.Faults.Add(
            new Fault(Calls.Batch(IpFamily.IPv6)) { Point = FaultPoint.Halfway, Times = int.MaxValue });

        session.Run("New-TailSplitKillswitch torrents");
        session.Host.Faults.Clear();

        Assert.NotEqual(whole, session.Host.Rules);
        session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();
        Assert.Equal(whole, session.Host.Rules);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void Rules_that_cannot_be_read_back_once_are_read_again(IpFamily family)
    {
        using Session session = new();
        (_, string whole) = new Scenario("", "New-TailSplitKillswitch torrents").Ends();
        session.Host.Faults.Add(new Fault(Calls.Save(family)) { Skip = 1 });

        session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        Assert.Equal(whole, session.Host.Rules);
    }

    [Fact]
    public void Rules_that_cannot_be_read_back_at_all_are_a_failure_to_apply_that_says_what_is_unsure()
    {
        using Session session = new();
        (string old, string @new) = new Scenario("", "New-TailSplitKillswitch torrents").Ends();
        session.Host.Faults.Add(
            new Fault(Calls.Save(IpFamily.IPv4))
            {
                Skip = 1,
                Times = int.MaxValue,
                Words = "Permission denied (you must be root)"
            });

        Answer answer = session.Run("New-TailSplitKillswitch torrents");

        Assert.Contains(session.Host.Rules, (string[])[old, @new]);
        // Not ReadFailed: that one promises that nothing was changed.
        ErrorRecord error = answer.AssertError("ApplyFailed", ErrorCategory.InvalidOperation);
        Assert.Equal("read back", error.TargetObject);
        Assert.Contains("Permission denied (you must be root)", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was changed", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_vanishes_between_test_and_commit_leaves_the_old_rules()
    {
        using Session session = new(UsualHost.Create(IptablesVariant.Legacy));
        string old = session.Host.Rules;
        session.Host.Intruders.Add(
            new Intruder(Calls.Test(IpFamily.IPv6), host => host.Missing.Add("ip6tables-restore")));

        Answer answer = session.Run("New-TailSplitKillswitch torrents");

        Assert.NotNull(answer.Terminated);
        Assert.Equal(old, session.Host.Rules);
    }
}
