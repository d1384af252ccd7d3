using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>No ip rule of others comes before a policy's own and could decide about its packets.</summary>
internal sealed class ForeignRulesCheck : IHostCheck
{
    private const int LocalTable = 255;

    public string Name => "ForeignRules";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        foreach (LivePolicy policy in host.Policies)
        {
            KernelRoutingRule[] rivals =
                [.. host.Live.AllRouting.Where(rule => Wins(rule, policy.Policy, host)).Select(rule => rule.Whole)];
            yield return rivals.Length == 0
                ? CheckResult.Pass(Name, "Its ip rules come before those of others.", policy.Policy.Name)
                : CheckResult.Fail(
                    Name, $"An ip rule of somebody else decides first: {Sentence.List(rivals.Select(rule => $"{rule.Family} {rule.Text}"))}.",
                    string.Join("; ", rivals.Select(rule => $"ip -{(int)rule.Family} rule del {rule.Text}")),
                    policy.Policy.Name);
        }
    }

    private static bool Wins(LiveRoutingRule rule, Policy policy, HostSnapshot host) =>
        rule.Protocol != RoutingRule.Protocol
        && !TailscalePreferences.IsTailscales(rule, host.Environment.Rules)
        && Decides(rule.Whole)
        && rule.Preference < End(policy, host.Environment.Rules)
        && MayMatch(rule.Whole, policy, host.Environment.Rules)
        && !DoesTheSame(rule.Whole, policy);

    // Where the policy's own rules have decided: a killswitch's end at P-1, a bypass by mark at Tailscale's own escape
    // rule.
    private static int End(Policy policy, RuleEnvironment environment) => policy switch
    {
        KillswitchPolicy => environment.BasePreference - 1,
        BypassPolicy { Mechanism: Mechanism.Route } => environment.BasePreference + 12,
        _ => environment.BasePreference + 110,
    };

    private static bool Decides(KernelRoutingRule rule) => rule.Action switch
    {
        KernelRoutingAction.Lookup => rule.Table is not (0 or LocalTable),
        KernelRoutingAction.Goto or KernelRoutingAction.Nop => false,
        _ => true,
    };

    private static bool MayMatch(KernelRoutingRule rule, Policy policy, RuleEnvironment environment)
    {
        // Forwarded packets have no socket that could be bound to an interface.
        if (rule.NeverForwarded is not null)
            return false;

        bool selects = (rule.Iif is null || rule.Iif == policy.Target.Bridge?.ToString())
            && (rule.From is not Cidr from || policy.Target.Subnets.Any(from.Overlaps))
            && (rule.To is not Cidr to || !policy.Target.Subnets.Any(subnet => subnet.Contains(to)))
            && MatchesMark(rule.FwMark, policy, environment);
        // "not" turns the whole of it round; of marks, what is not marked matches.
        return rule.Inverted ? rule.FwMark is not null || !selects : selects;
    }

    // Packets carry no mark, but for the escape mark of a bypass.
    private static bool MatchesMark(FwMark? mark, Policy policy, RuleEnvironment environment) =>
        mark is not FwMark value
        || value.Value == 0
        || (policy is BypassPolicy { Mechanism: Mechanism.Mark } && (environment.EscapeMark.Value & value.Mask) == value.Value);

    // What is on-link goes by the main table for a bypass as well.
    private static bool DoesTheSame(KernelRoutingRule rule, Policy policy) =>
        policy is BypassPolicy && rule.Table == RoutingRule.MainTable
        && (rule.SuppressPrefixLength is >= 0 || (rule.From is null && rule.To is { PrefixLength: > 0 }));
}
