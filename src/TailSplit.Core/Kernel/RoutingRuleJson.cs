using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Json;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Kernel;

/// <summary>
/// Reads <c>ip -N -j rule</c> (iproute2 ip/iprule.c, print_rule): numbers for tables and protocols, no names.
/// </summary>
public static class RoutingRuleJson
{
    /// <exception cref="TailSplitException">UnreadableOutput: the text is no JSON list of rules.</exception>
    public static ImmutableArray<LiveRoutingRule> Parse(IpFamily family, string json) =>
        JsonText.ReadList("ip -j rule", json, element => Read(family, element));

    private static LiveRoutingRule Read(IpFamily family, JsonElement element)
    {
        KernelRoutingRule rule = KernelRoutingRuleJson.Read(family, element);
        return new LiveRoutingRule(rule, rule.Protocol == RoutingRule.Protocol && !rule.Inverted ? Own(rule) : null);
    }

    private static RoutingRule Own(KernelRoutingRule rule) => new(rule.Family, rule.Preference)
    {
        From = rule.From,
        To = rule.To,
        Iif = InterfaceName.TryParse(rule.Iif, out InterfaceName iif) ? iif : null,
        FwMark = rule.FwMark,
        IpProtocol = rule.IpProtocol,
        DestinationPort = rule.DestinationPort is PortRange range && range.First == range.Last ? range.First : null,
        Action = rule.Action switch
        {
            KernelRoutingAction.Prohibit => RoutingAction.Prohibit,
            KernelRoutingAction.Blackhole => RoutingAction.Blackhole,
            KernelRoutingAction.Unreachable => RoutingAction.Unreachable,
            KernelRoutingAction.Goto => RoutingAction.Goto,
            _ => RoutingAction.Lookup,
        },
        Table = rule.Table,
        Target = rule.Target,
        SuppressPrefixLength = rule.SuppressPrefixLength,
    };
}
