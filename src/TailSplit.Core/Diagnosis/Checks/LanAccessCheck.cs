using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// With an exit node and LAN access off, Tailscale routes every local prefix into the tunnel, Docker's bridges
/// included: no answer finds its container (tailscale#13367). A policy's own rules cure it for its network.
/// </summary>
internal sealed class LanAccessCheck : IHostCheck
{
    public const string Remedy = "tailscale set --exit-node-allow-lan-access=true";

    public string Name => "LanAccess";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        if (host.DockerTrouble is string trouble)
            return [CheckResult.Skipped(Name, trouble)];

        DockerNetwork[] caught = [.. host.Networks.Where(
            network => network.Prefixes.Any(subnet => IsCaught(host, subnet)))];
        DockerNetwork[] inUse = [.. caught.Where(network => host.ContainersOn(network).Any())];
        return caught.Length == 0 ? [CheckResult.Pass(Name, "Answers to containers take their bridges.")]
            : inUse.Length > 0 ? [CheckResult.Fail(
                Name, $"Answers to the containers of {Sentence.List(inUse)} go into the tunnel: they have no network at all while the exit node is on.", Remedy)]
            : [CheckResult.Warn(Name, $"Answers to {Sentence.List(caught)} would go into the tunnel; no container is there yet.", Remedy)];
    }

    /// <summary>Whether this local subnet is routed into the tunnel as a whole, with nothing before that.</summary>
    public static bool IsCaught(HostSnapshot host, Cidr subnet) =>
        host.Environment.ExitNodeIsActive
        && host.TunnelRoutes.Any(route => IsTrap(host, route, subnet))
        && !IsRescued(host, subnet);

    /// <summary>Whether this route is the trap, and not one that another machine of the tailnet advertises.</summary>
    public static bool IsTrap(HostSnapshot host, HostRoute route, Cidr subnet) =>
        route.Type is null && route.Prefix == subnet && route.Device == host.Environment.Tunnel?.ToString()
        && host.Environment.ExitNodeIsActive && host.Environment.Preferences?.AllowLanAccess != true;

    /// <summary>Whether an ip rule before Tailscale's sends what goes to the subnet by the main table.</summary>
    public static bool IsRescued(HostSnapshot host, Cidr subnet)
    {
        int tunnel = EscapeRuleCheck.TunnelRule(host, subnet.Family)?.Preference ?? int.MaxValue;
        return host.Live.AllRouting.Any(rule =>
            rule.Family == subnet.Family && rule.Preference < tunnel && rule.Table == RoutingRule.MainTable && !rule.Inverted
            && rule.Whole is { FwMark: null, Iif: null, From: null, To: Cidr to } && to.Contains(subnet));
    }
}
