using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Routing;

/// <summary>
/// Packets to the subnets of all policies take their bridges, whatever Tailscale's table says. Without
/// --exit-node-allow-lan-access Tailscale routes Docker's own bridges into the tunnel (tailscale#13367). The default
/// route is left out: if a bridge is gone, its rule sends nothing to the ISP. Every packet of the host walks these
/// rules, so adjacent subnets share one.
/// </summary>
internal static class ReplyRouting
{
    public static IEnumerable<RoutingRule> Rules(
        IEnumerable<Cidr> subnets, IpFamily family, RuleEnvironment environment) => CidrUnion
        .Of(subnets.Where(subnet => subnet.Family == family))
        .Select(prefix => new RoutingRule(family, environment.BasePreference)
        {
            To = prefix,
            Table = RoutingRule.MainTable,
            SuppressPrefixLength = 0,
        });

    /// <summary>Whether a rule of TailSplit belongs to several policies.</summary>
    public static bool IsShared(RoutingRule rule) => rule.Iif is null && rule.From is null;
}
