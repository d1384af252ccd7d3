using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Routing;

/// <summary>
/// How ip rules match a policy's packets: by input interface, or by source if the bridge is not known.
/// </summary>
internal static class RoutingMatches
{
    public static IEnumerable<RoutingRule> Of(PolicyTarget target, IpFamily family) =>
        target.Bridge is InterfaceName bridge
            ? [new RoutingRule(family, 0) { Iif = bridge }]
            : target.SubnetsOf(family).Select(subnet => new RoutingRule(family, 0) { From = subnet });
}
