using TailSplit.Core.Compilation;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Every rule of a policy exists, in both families and both layers, and packets reach it before any rule of another
/// program that could accept them.
/// </summary>
internal sealed class RulesCheck : IHostCheck
{
    private const int MostNamed = 3;

    public string Name => "Rules";

    public IEnumerable<CheckResult> Run(Host host) => host.Policies.Select(policy => Examine(policy, host));

    private CheckResult Examine(LivePolicy live, Host host)
    {
        string[] absent = TextsOf(GapKind.Absent, live, host);
        string[] overtaken = TextsOf(GapKind.Overtaken, live, host);
        Overtaking others = new(live, host);
        PolicyName name = live.Policy.Name;
        if (absent.Length == 0 && overtaken.Length == 0)
            return CheckResult.Pass(Name, $"{InForce(live)} {Order(live, others, host)}", name);

        string remedy = PolicyCommand.Apply(live.Policy);
        if (absent.Length == 0 && others.IsHeldByRouting)
        {
            return CheckResult.Warn(
                Name, $"Only the ip rules hold: rules of other programs may accept packets first.{others.Text}", remedy,
                name);
        }

        string missing = absent.Length == 0 ? ""
            : $"Missing or wrong: {string.Join("; ", absent.Take(MostNamed))}" +
                $"{(absent.Length > MostNamed ? $"; and {absent.Length - MostNamed} more" : "")}.";
        string late = overtaken.Length == 0 ? ""
            : "Rules of other programs may accept packets first. Missing: " +
                $"{string.Join("; ", overtaken)}.{others.Text}";
        return CheckResult.Fail(Name, $"{missing} {late}".Trim(), remedy, name);
    }

    private static string[] TextsOf(GapKind kind, LivePolicy policy, Host host) =>
        [.. host.Assessment.Gaps(policy).Where(gap => gap.Kind == kind).Select(gap => gap.Text)];

    private static string InForce(LivePolicy policy) =>
        $"All {policy.Rules.Length} of its rules are in force: " +
        $"{policy.Rules.Count(rule => rule.Rule.Layer == RuleLayer.Firewall)} of the firewall, " +
        $"{policy.Rules.Count(rule => rule.Rule is RoutingRule)} ip rules.";

    private static string Order(LivePolicy policy, Overtaking others, Host host) =>
        policy.Policy.Backend == FirewallBackend.Nftables
            ? "Its base chains in nf_tables come before those of others, and a drop there is final."
        : host.Live.Iptables.Unreadable.Any()
            ? "Whether rules of other programs come first can't be seen: see Tables."
        : $"No rule accepts packets before its {others.Jumps.Length} {ListText.Plural(others.Jumps.Length, "jump")}: " +
            $"{others.Places}.";
}
