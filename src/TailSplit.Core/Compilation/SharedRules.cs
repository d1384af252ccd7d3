using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>Rules that both kinds of policy have.</summary>
internal static class SharedRules
{
    /// <summary>
    /// nat: what leaves by the tunnel carries the tunnel's address, also where Docker would give it another
    /// (com.docker.network.host_ipv4) or none (gateway mode routed, enable_ip_masquerade=false).
    /// </summary>
    public static IEnumerable<IptablesRule> Masquerade(Policy policy, IpFamily family)
    {
        string comment = RuleOwner.Of(policy).ToString();
        foreach (Cidr subnet in policy.Target.SubnetsOf(family))
        {
            yield return new(family, IptablesTable.Nat, OwnChains.Nat, new IptablesSpecification
            {
                Source = subnet,
                Out = policy.Tunnel,
                Comment = comment,
                Target = "-j MASQUERADE",
            });
        }
    }
}
