using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Tailscale's rule exists that lets marked packets skip its table: its own packets leave by it. A bypass by mark has
/// its own rule.
/// </summary>
internal sealed class EscapeRuleCheck : IHostCheck
{
    private const int StepsBefore52 = 60;

    public string Name => "EscapeRule";

    public IEnumerable<CheckResult> Run(Host host)
    {
        List<string> missing = [];
        List<IpFamily> seen = [];
        foreach (IpFamily family in host.Environment.Families)
        {
            if (TunnelRule(host, family) is not LiveRoutingRule tunnel)
                continue;

            seen.Add(family);
            if (!HasEscape(host, family, tunnel))
            {
                missing.Add(
                    $"ip {family.IpOption()} rule add pref {tunnel.Preference - StepsBefore52} fwmark " +
                        $"{host.Environment.EscapeMark} lookup main");
            }
        }

        yield return seen.Count == 0
            ? CheckResult.Skipped(
                Name, $"No ip rule leads to Tailscale's table {host.Environment.Table}, so no packet needs to skip it.")
            : missing.Count == 0
            ? CheckResult.Pass(
                Name,
                $"Packets with the mark {host.Environment.EscapeMark} skip Tailscale's table ({ListText.Of(seen)}).")
            : CheckResult.Fail(
                Name,
                "No ip rule lets marked packets skip Tailscale's table: Tailscale's own packets loop in the tunnel.",
                string.Join("; ", missing));
    }

    /// <summary>The rule that leads into Tailscale's table.</summary>
    public static LiveRoutingRule? TunnelRule(Host host, IpFamily family) => host.Live.AllRouting.FirstOrDefault(rule =>
        rule.Family == family && rule.Protocol != RoutingRule.Protocol && rule.Table == host.Environment.Table);

    // UniFi has one rule with "not fwmark", which does both.
    private static bool HasEscape(Host host, IpFamily family, LiveRoutingRule tunnel) =>
        (tunnel.Inverted && tunnel.FwMark == host.Environment.EscapeMark)
        || host.Live.AllRouting.Any(rule =>
            rule.Family == family && rule.FwMark == host.Environment.EscapeMark && !rule.Inverted
            && rule.Table == RoutingRule.MainTable
            && rule.Protocol != RoutingRule.Protocol
            && rule.Preference < tunnel.Preference);
}
