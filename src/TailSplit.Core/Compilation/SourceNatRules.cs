using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>
/// Packets that leave by the tunnel get the tunnel's address, also if Docker would give them another
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
