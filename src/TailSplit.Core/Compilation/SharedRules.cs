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

    /// <summary>
    /// ip rule: what goes to the subnet takes the bridge, whatever Tailscale's table says. Without
    /// --exit-node-allow-lan-access Tailscale routes Docker's own bridges into the tunnel (tailscale#13367). The
    /// default route is left out: if the bridge is gone, this rule sends nothing to the ISP.
    /// </summary>
    public static IEnumerable<RoutingRule> Replies(Policy policy, IpFamily family, RuleEnvironment environment) =>
        policy.Target.SubnetsOf(family).Select(subnet => new RoutingRule(family, environment.BasePreference)
        {
            To = subnet,
            Table = RoutingRule.MainTable,
            SuppressPrefixLength = 0,
        });
}
