using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>
/// What leaves by the tunnel carries the tunnel's address, also where Docker would give it another
/// (com.docker.network.host_ipv4) or none (gateway mode routed, enable_ip_masquerade=false).
/// </summary>
internal static class SourceNatRules
{
    public static IEnumerable<FirewallRule> Of(Policy policy, IpFamily family)
    {
        RuleOwner owner = RuleOwner.Of(policy);
        return policy.Target.SubnetsOf(family).Select(subnet => new FirewallRule(
            family, FirewallStage.SourceNat, new() { Source = subnet, Out = policy.Tunnel },
            new FirewallVerdict.Masquerade(), owner));
    }
}
