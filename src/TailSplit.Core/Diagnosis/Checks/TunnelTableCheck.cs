using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>Tailscale's table has routes, and an ip rule leads to it.</summary>
internal sealed class TunnelTableCheck : IHostCheck
{
    private const int UsualPreference = 5270;

    public string Name => "TunnelTable";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        int table = host.Environment.Rules.Table;
        if (host.TunnelRoutes.IsEmpty)
        {
            yield return host.Environment.Tailscale is { IsRunning: true, Tun: true }
                ? CheckResult.Fail(Name, $"Tailscale runs, and its table {table} is empty.", "systemctl restart tailscaled")
                : CheckResult.Pass(Name, $"Table {table} is empty, as Tailscale does not run here.");
            yield break;
        }

        string[] missing = [.. host.Environment.Rules.Families
            .Where(family => host.TunnelRoutes.Any(route => route.Family == family) && EscapeRuleCheck.TunnelRule(host, family) is null)
            .Select(family => $"ip {family.IpOption()} rule add pref {UsualPreference} lookup {table}")];
        yield return missing.Length == 0
            ? CheckResult.Pass(Name, $"Table {table} has {host.TunnelRoutes.Length} routes, and ip rules lead to it.")
            : CheckResult.Fail(Name, $"No ip rule leads to Tailscale's table {table}: nothing of the host enters the tunnel.", string.Join("; ", missing));
    }
}
