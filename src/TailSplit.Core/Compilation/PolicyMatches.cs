using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>How a policy's packets are told from others, in each layer.</summary>
internal static class PolicyMatches
{
    /// <summary>Firewall: the bridge first, since no container can forge it, then the subnets.</summary>
    public static IEnumerable<IptablesSpecification> Of(PolicyTarget target, IpFamily family)
    {
        if (target.Bridge is InterfaceName bridge)
            yield return new IptablesSpecification { In = bridge, Target = "" };

        foreach (Cidr subnet in target.SubnetsOf(family))
            yield return new IptablesSpecification { Source = subnet, Target = "" };
    }

    /// <summary>Routing: by input interface, or by source where no bridge is known.</summary>
    public static IEnumerable<RoutingRule> Routing(PolicyTarget target, IpFamily family, int preference) =>
        target.Bridge is InterfaceName bridge
            ? [new RoutingRule(family, preference) { Iif = bridge }]
            : target.SubnetsOf(family).Select(subnet => new RoutingRule(family, preference) { From = subnet });
}
