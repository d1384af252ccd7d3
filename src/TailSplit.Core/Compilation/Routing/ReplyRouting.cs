using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation.Routing;

/// <summary>
/// What goes to the subnet takes the bridge, whatever Tailscale's table says. Without --exit-node-allow-lan-access
/// Tailscale routes Docker's own bridges into the tunnel (tailscale#13367). The default route is left out: if the bridge
/// is gone, this rule sends nothing to the ISP.
/// </summary>
internal static class ReplyRouting
{
    public static IEnumerable<RoutingRule> Rules(Policy policy, IpFamily family, RuleEnvironment environment) =>
        policy.Target.SubnetsOf(family).Select(subnet => new RoutingRule(family, environment.BasePreference)
        {
            To = subnet,
            Table = RoutingRule.MainTable,
            SuppressPrefixLength = 0,
        });
}
