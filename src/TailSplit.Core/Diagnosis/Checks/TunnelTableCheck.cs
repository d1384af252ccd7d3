using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Tailscale's table has routes, an ip rule leads to it, and another lets packets with Tailscale's own mark skip it: its
/// own packets leave by that. A bypass by mark has its own rule.
/// </summary>
internal sealed class TunnelTableCheck : IHostCheck
{
    private const int UsualPreference = 5270;
    private const int StepsToEscape = 60;

    public string Name => "TunnelTable";

    public IEnumerable<CheckResult> Run(Host host)
    {
        CheckResult table = OfTable(host);
        return OfEscape(host) is not CheckResult escape ? [table]
            : table.Status == CheckStatus.Pass ? [escape]
            : [table, escape];
    }

    private CheckResult OfTable(Host host)
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

        // Throw routes, and routes without an interface, lead nowhere: a daemon that died leaves them (tailscaled
        // --cleanup leaves them too).
        HostRoute[] usable = [.. host.Routing.TunnelRoutes.Where(route => route is { Type: null, Device: not null })];
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

        string[] missing = [.. host.Environment.Families
            .Where(
                family => usable.Any(route => route.Family == family)
                    && TunnelRules.Into(host, family) is null)
            .Select(family => $"ip {family.IpOption()} rule add pref {UsualPreference} lookup {table}")];
        return missing.Length == 0
            ? CheckResult.Pass(
                Name,
                $"Table {table} has {host.Routing.TunnelRoutes.Length} " +
                    $"{ListText.Plural(host.Routing.TunnelRoutes.Length, "route")}, {usable.Length} of them into " +
                    "the tunnel, and ip rules lead to it.")
            : CheckResult.Fail(
                Name,
                $"No ip rule leads to Tailscale's table {table}: no packet of the host enters the tunnel.",
                string.Join("; ", missing));
    }

    // Null if marked packets skip the table, or no rule leads to it.
    private CheckResult? OfEscape(Host host)
    {
        string[] missing = [.. host.Environment.Families
            .Select(family => TunnelRules.Into(host, family))
            .OfType<LiveRoutingRule>()
            .Where(tunnel => !TunnelRules.HaveEscape(host, tunnel))
            .Select(tunnel => $"ip {tunnel.Family.IpOption()} rule add pref {tunnel.Preference - StepsToEscape} fwmark " +
                $"{host.Environment.EscapeMark} lookup main")];
        return missing.Length == 0
            ? null
            : CheckResult.Fail(
                Name,
                "No ip rule lets marked packets skip Tailscale's table: Tailscale's own packets loop in the tunnel.",
                string.Join("; ", missing));
    }
}
