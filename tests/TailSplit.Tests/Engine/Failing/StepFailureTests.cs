using System.Management.Automation;
using TailSplit.Core.Iptables;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine.Failing;

/// <summary>
/// All or nothing: each step fails in turn, and the rules are exactly the old ones or exactly the new ones.
/// </summary>
public sealed class StepFailureTests
{
    private const string Words = "iptables-restore: line 7 failed: Resource temporarily unavailable";

    public static TheoryData<string, string, IptablesVariant> Cases
    {
        get
        {
            TheoryData<string, string, IptablesVariant> cases = [];
            foreach (string scenario in Scenario.All.Keys)
            {
                foreach (string step in Step.All.Keys)
                {
                    cases.Add(scenario, step, IptablesVariant.Legacy);
                    // With nf_tables nothing is tested first.
                    if (!step.StartsWith("test", StringComparison.Ordinal))
                        cases.Add(scenario, step, IptablesVariant.Nft);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Failing_once_leaves_the_old_rules_or_the_new_ones(
        string scenario, string step, IptablesVariant store) =>
            Check(scenario, step, store, times: 1);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Failing_twice_leaves_the_old_rules_or_the_new_ones(
        string scenario, string step, IptablesVariant store) =>
            Check(scenario, step, store, times: 2);

    /// <summary>The first two attempts fail; from then on, and so for going back, the step goes well again.</summary>
    private static void Check(string name, string step, IptablesVariant store, int times)
    {
        Scenario scenario = Scenario.All[name];
        (string old, string @new) = scenario.Ends(store);
        foreach (FaultPoint point in (FaultPoint[])[FaultPoint.Before, FaultPoint.Halfway, FaultPoint.After])
        {
            using Session session = scenario.Prepare(store);
            session.Host.Faults.Add(new Fault(Step.All[step].Calls) { Point = point, Words = Words, Times = times });
            bool stayedClosed = true;
            session.Host.Intruders.Add(
                new Intruder(Calls.IsWrite, host => stayedClosed &= Scenario.IsClosed(host)) { Times = int.MaxValue });

            Answer answer = session.Run(scenario.Change);

            bool failed = answer.Terminated is not null;
            Assert.True(
                (failed ? old : @new) == session.Host.Rules,
                $"{point}, failed: {failed}\n{Difference(failed ? old : @new, session.Host.Rules)}");
            Assert.True(stayedClosed || !scenario.StaysClosed, $"{point}: the killswitch was open for a moment");
            if (failed)
                AssertTold(answer, Step.All[step].Name);
        }
    }

    private static string Difference(string expected, string actual)
    {
        string[] wanted = expected.Split('\n', ',');
        string[] found = actual.Split('\n', ',');
        return string.Join(
            '\n',
            wanted.Except(found).Select(line => "- " + line).Concat(found.Except(wanted).Select(line => "+ " + line)));
    }

    private static void AssertTold(Answer answer, string step)
    {
        ErrorRecord error = answer.AssertError("ApplyFailed", ErrorCategory.InvalidOperation);
        Assert.Equal(step, error.TargetObject);
        Assert.Contains($"'{step}'", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains(Words, error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Empty(answer.Output);
        Assert.True(
            error.ErrorDetails.RecommendedAction.StartsWith("Nothing was changed.", StringComparison.Ordinal)
                || error.ErrorDetails.RecommendedAction.StartsWith(
                    "The rules are as they were before.", StringComparison.Ordinal),
            error.ErrorDetails.RecommendedAction);
    }
}
