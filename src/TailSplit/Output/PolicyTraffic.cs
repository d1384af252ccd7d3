using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using Verdict = TailSplit.Core.Rules.FirewallVerdict;

namespace TailSplit.Output;

/// <summary>How many packets of a policy the firewall passed and blocked, in both families.</summary>
internal readonly record struct PolicyTraffic(ulong Passed, ulong Blocked)
{
    public static PolicyTraffic Of(Policy policy, LiveRules live)
    {
        LiveFirewallRule[] rules = [.. live.Firewall.Where(rule => rule.Meanings.Any(meaning =>
            meaning is { IsInPolicyChain: true, Owner: RuleOwner owner }
            && owner.Name == policy.Name && owner.Kind == policy.Kind))];
        return new PolicyTraffic(
            Sum(rule => policy.Kind == PolicyKind.Killswitch
                ? rule.Match.Out == policy.Tunnel
                : rule.Verdict is Verdict.SetMark),
            Sum(rule => rule.Verdict is Verdict.Drop or Verdict.Reject));

        ulong Sum(Func<FirewallRule, bool> which) => rules
            .Where(rule => which(rule.Meanings[0]))
            .Aggregate(0UL, (sum, rule) => sum + (rule.Counters?.Packets ?? 0));
    }
}
