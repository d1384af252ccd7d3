using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Tailscale's table has routes, an ip rule leads to it, and another lets packets with Tailscale's own mark skip it:
/// its own packets leave by that. A bypass by mark has its own rule.
/// </summary>
internal sealed class TunnelTableCheck : IHostCheck
{
    private const int StepsToEscape = 60;

    public string Name => "TunnelTable";

    public IEnumerable<CheckResult> Run(Host host)
    {
        // Throw routes, and routes without an interface, lead nowhere: a daemon that died leaves them (tailscaled
        // --cleanup leaves them too).
        HostRoute[] usable = [.. host.Routing.TunnelRoutes.Where(route => route is { Type: null, Device: not null })];
        CheckResult routes = OfRoutes(host, usable);
        return OfRules(host, usable) is not CheckResult rules ? [routes]
            : routes.Status == CheckStatus.Pass ? [rules]
            : [routes, rules];
    }

    private CheckResult OfRoutes(Host host, HostRoute[] usable)
    {
        int table = host.Environment.Table;
        if (host.Routing.TunnelRoutes.IsEmpty)
        {
            return host.Tunnel.Status is { IsRunning: true, Tun: true }
                ? CheckResult.Fail(
                    Name,
                    $"Tailscale runs, and its table {table} is empty. The remedy restarts tailscaled, which " +
                        "cuts its connections for a moment.",
                    "systemctl restart tailscaled")
                : CheckResult.Pass(Name, $"Table {table} is empty: Tailscale routes nothing here.");
        }

        if (usable.Length == 0)
        {
            string left = $"Table {table} has {host.Routing.TunnelRoutes.Length} " +
                $"{ListText.Plural(host.Routing.TunnelRoutes.Length, "route")}, 0 usable: none leads into a tunnel";
            string[] closed = [.. host.Killswitches.Select(policy => policy.Policy.Name.ToString())];
            string lost = closed.Length > 0
                ? $"{ListText.Of(closed)} {(closed.Length == 1 ? "reaches" : "reach")} neither tailnet nor internet; " +
                    "all other packets leave by the ISP."
                : "Packets of the host and its containers leave by the ISP.";
            return host.Tunnel.Status is { IsRunning: true }
                ? CheckResult.Fail(
                    Name,
                    $"{left}, though Tailscale runs. {lost} A restart of tailscaled cuts its connections for a moment.",
                    "systemctl restart tailscaled")
                : CheckResult.Warn(
                    Name,
                    $"{left}. tailscaled ended without removing them. {lost} The remedy restarts it.",
                    "systemctl restart tailscaled");
        }

        return CheckResult.Pass(
            Name,
            $"Table {table} has {host.Routing.TunnelRoutes.Length} " +
                $"{ListText.Plural(host.Routing.TunnelRoutes.Length, "route")}, {usable.Length} of them into " +
                "the tunnel, and ip rules lead to it.");
    }

    // Null if no rule is missing. The rule for marked packets comes first, so that no packet loops until it exists.
    private CheckResult? OfRules(Host host, HostRoute[] usable)
    {
        int table = host.Environment.Table;
        List<string> lost = [];
        List<string> missing = [];
        foreach (IpFamily family in host.Environment.Families)
        {
            bool leads = TunnelRules.Into(host, family) is not null;
            if (!leads && !usable.Any(route => route.Family == family))
                continue;

            string add = $"ip {family.IpOption()} rule add pref";
            int preference = TunnelRules.PreferenceInto(host, family);
            if (!TunnelRules.HaveEscape(host, family))
            {
                lost.Add("No ip rule lets marked packets skip Tailscale's table: without one, Tailscale's own " +
                    "packets loop in the tunnel.");
                missing.Add($"{add} {preference - StepsToEscape} fwmark {host.Environment.EscapeMark} lookup main");
            }

            if (!leads)
            {
                lost.Add($"No ip rule leads to Tailscale's table {table}: no packet of the host enters the tunnel.");
                missing.Add($"{add} {preference} lookup {table}");
            }
        }

        return missing.Count == 0
            ? null
            : CheckResult.Fail(Name, string.Join(" ", lost.Distinct()), string.Join("; ", missing));
    }
}
