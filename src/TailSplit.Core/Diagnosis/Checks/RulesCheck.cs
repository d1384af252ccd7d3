using TailSplit.Core.Compilation;
using TailSplit.Core.Hosts;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>Every rule of a policy exists, in both families and both layers.</summary>
internal sealed class RulesCheck : IHostCheck
{
    public string Name => "Rules";

    public IEnumerable<CheckResult> Run(Host host)
    {
        foreach (LivePolicy policy in host.Policies)
        {
            string[] missing =
                [.. host.Assessment.Gaps(policy).Where(gap => gap.Kind == GapKind.Absent).Select(gap => gap.Text)];
            yield return missing.Length == 0
                ? CheckResult.Pass(
                    Name,
                    $"All {policy.Rules.Length} of its rules are in force: " +
                        $"{policy.Rules.Count(rule => rule.Rule.Layer == RuleLayer.Firewall)} of the firewall, " +
                        $"{policy.Rules.Count(rule => rule.Rule is RoutingRule)} ip rules.",
                    policy.Policy.Name)
                : CheckResult.Fail(
                    Name,
                    $"Missing or wrong: {string.Join("; ", missing.Take(3))}" +
                        $"{(missing.Length > 3 ? $"; and {missing.Length - 3} more" : "")}.",
                    PolicyCommand.Apply(policy.Policy),
                    policy.Policy.Name);
        }
    }
}
