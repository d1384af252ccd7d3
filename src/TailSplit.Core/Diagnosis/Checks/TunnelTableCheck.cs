using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>Tailscale's table has routes, and an ip rule leads to it.</summary>
internal sealed class TunnelTableCheck : IHostCheck
{
    private const int UsualPreference = 5270;

    public string Name => "TunnelTable";

    public IEnumerable<CheckResult> Run(Host host)
    {
        int table = host.Environment.Table;
        if (host.Routing.TunnelRoutes.IsEmpty)
        {
            yield return host.Tunnel.Status is { IsRunning: true, Tun: true }
                ? CheckResult.Fail(
                    Name,
                    $"Tailscale runs, and its table {table} is empty. The remedy restarts tailscaled, which " +
                        "cuts its connections for a moment.",
                    "systemctl restart tailscaled")
                : CheckResult.Pass(Name, $"Table {table} is empty: Tailscale routes nothing here.");
            yield break;
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
            yield return host.Tunnel.Status is { IsRunning: true }
                ? CheckResult.Fail(
                    Name,
                    $"{left}, though Tailscale runs. {lost} A restart of tailscaled cuts its connections for a moment.",
                    "systemctl restart tailscaled")
                : CheckResult.Warn(
                    Name,
                    $"{left}. tailscaled ended without removing them. {lost} The remedy restarts it.",
                    "systemctl restart tailscaled");
            yield break;
        }

        string[] missing = [.. host.Environment.Families
            .Where(
                family => usable.Any(route => route.Family == family)
                    && EscapeRuleCheck.TunnelRule(host, family) is null)
            .Select(family => $"ip {family.IpOption()} rule add pref {UsualPreference} lookup {table}")];
        yield return missing.Length == 0
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
}
