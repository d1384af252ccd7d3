using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis;

/// <summary>Tailscale's own ip rules.</summary>
internal static class TunnelRules
{
    private const int UsualPreference = 5270;

    /// <summary>The rule that leads into Tailscale's table; null if none does.</summary>
    public static LiveRoutingRule? Into(Host host, IpFamily family) => host.Live.AllRouting.FirstOrDefault(rule =>
        rule.Family == family && rule.Protocol != RoutingRule.Protocol && rule.Table == host.Environment.Table);

    /// <summary>The preference of that rule; the usual one if it is missing.</summary>
    public static int PreferenceInto(Host host, IpFamily family) => Into(host, family)?.Preference ?? UsualPreference;

    /// <summary>
    /// Whether packets with Tailscale's mark skip its table. UniFi has one rule with "not fwmark", which does both.
    /// </summary>
    public static bool HaveEscape(Host host, IpFamily family)
    {
        int preference = PreferenceInto(host, family);
        return (Into(host, family) is { Inverted: true } tunnel && tunnel.FwMark == host.Environment.EscapeMark)
            || host.Live.AllRouting.Any(rule =>
                rule.Family == family && rule.FwMark == host.Environment.EscapeMark && !rule.Inverted
                && rule.Table == RoutingRule.MainTable
                && rule.Protocol != RoutingRule.Protocol
                && rule.Preference < preference);
    }
}
