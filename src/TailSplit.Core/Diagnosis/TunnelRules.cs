using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis;

/// <summary>Tailscale's own ip rules.</summary>
internal static class TunnelRules
{
    /// <summary>The rule that leads into Tailscale's table; null if none does.</summary>
    public static LiveRoutingRule? Into(Host host, IpFamily family) => host.Live.AllRouting.FirstOrDefault(rule =>
        rule.Family == family && rule.Protocol != RoutingRule.Protocol && rule.Table == host.Environment.Table);

    /// <summary>
    /// Whether packets with Tailscale's mark skip its table, to which the rule with this preference leads. UniFi has
    /// one rule with "not fwmark", which does both.
    /// </summary>
    public static bool HaveEscape(Host host, IpFamily family, int preference) =>
        (Into(host, family) is { Inverted: true } tunnel && tunnel.FwMark == host.Environment.EscapeMark)
        || host.Live.AllRouting.Any(rule =>
            rule.Family == family && rule.FwMark == host.Environment.EscapeMark && !rule.Inverted
            && rule.Table == RoutingRule.MainTable
            && rule.Protocol != RoutingRule.Protocol
            && rule.Preference < preference);
}
