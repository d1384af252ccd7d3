using TailSplit.Core.Compilation;
using TailSplit.Core.Planning;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>Our jumps are reached before any rule of others that could let a packet pass them by.</summary>
internal sealed class JumpsCheck : IHostCheck
{
    public string Name => "Jumps";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        foreach (LivePolicy policy in host.Policies)
        {
            if (host.Live.Unreadable.Any())
            {
                yield return CheckResult.Skipped(
                    Name, "Which rules stand before its own can't be read: see Tables.", policy.Policy.Name);
                continue;
            }

            string[] overtaken =
                [.. host.Assessment.Gaps(policy).Where(gap => gap.Kind == GapKind.Overtaken).Select(gap => gap.Text)];
            yield return overtaken.Length == 0
                ? CheckResult.Pass(Name, "Nothing lets packets pass before they reach its rules.", policy.Policy.Name)
                : CheckResult.Fail(
                    Name, $"Other rules may let packets pass first. What is missing: {string.Join("; ", overtaken)}.",
                    PolicyCommand.Apply(policy.Policy), policy.Policy.Name);
        }
    }
}
