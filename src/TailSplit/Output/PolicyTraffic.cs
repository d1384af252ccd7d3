using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Output;

/// <summary>How many packets of a policy the firewall let out and stopped, over both families.</summary>
internal readonly record struct PolicyTraffic(ulong Passed, ulong Blocked)
{
    public static PolicyTraffic Of(Policy policy, LiveRules live)
    {
        string chain = OwnChains.Of(policy.Kind, policy.Name);
        LiveIptablesRule[] rules = [.. live.Firewall.Where(rule => rule.Rule.Chain == chain)];
        return new PolicyTraffic(
            Sum(rule => policy.Kind == PolicyKind.Killswitch
                ? rule.Out == policy.Tunnel
                : rule.Target.StartsWith("-j MARK ", StringComparison.Ordinal)),
            Sum(rule => rule.Target.StartsWith("-j DROP", StringComparison.Ordinal)
                || rule.Target.StartsWith("-j REJECT", StringComparison.Ordinal)));

        ulong Sum(Func<IptablesSpecification, bool> which) => rules
            .Where(rule => which(rule.Rule.Specification))
            .Aggregate(0UL, (sum, rule) => sum + rule.Counters.Packets);
    }
}
