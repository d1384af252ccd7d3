using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Tailscale;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>The selected exit node is active and online.</summary>
internal sealed class ExitNodeCheck : IHostCheck
{
    public string Name => "ExitNode";

    public IEnumerable<CheckResult> Run(Host host)
    {
        yield return host.Tunnel.Status is TailscaleStatus status ? Judge(host, status) : Kernels(host);
    }

    // If tailscaled does not answer, its routing table shows the state.
    private CheckResult Kernels(Host host) =>
        host.Tunnel.ExitNodeIsActive ? Pass(host, "Tailscale does not answer; the kernel")
        : Closed(host) is { Length: > 0 } closed ? CheckResult.Warn(
            Name,
            $"Tailscale does not answer, and the kernel has no default route into a tunnel: {ListText.Of(closed)} " +
                "can't reach the internet.",
            null)
        : CheckResult.Skipped(Name, "Tailscale does not answer, and the kernel has no default route into a tunnel.");

    private CheckResult Judge(Host host, TailscaleStatus status)
    {
        bool wanted = host.Tunnel.Settings?.WantsExitNode ?? status.ExitNode is not null;
        string name = status.ExitNode?.Name ?? "that is selected";
        if (!wanted)
            return None(host, status);

        if (!status.IsRunning)
            return CheckResult.Fail(
                Name, $"Tailscale is {status.BackendState}: the exit node {name} carries no traffic.", "tailscale up");

        if (!status.Tun)
            return CheckResult.Skipped(Name, "The tunnel interface does not exist.");

        if (host.Routing.TunnelRoutes.IsEmpty)
            return CheckResult.Skipped(Name, "Tailscale's table is empty.");

        if (status.ExitNode is null)
            return CheckResult.Fail(
                Name, "The selected exit node is not in this tailnet: internet traffic is lost.", Choose(status));

        if (!status.ExitNode.Online)
            return CheckResult.Fail(
                Name, $"The exit node {name} is offline: internet traffic is lost.", Choose(status));

        if (status.ExitNode is { CarriesIPv4: false, CarriesIPv6: false })
            return CheckResult.Fail(
                Name,
                $"{name} is selected and online, but no longer offers to be an exit node: internet traffic is lost " +
                    "in the tunnel.",
                Choose(status));

        return host.Tunnel.ExitNodeIsActive
            ? Halved(host, status.ExitNode, status) ?? Pass(host, $"{name} is online; the kernel")
            : CheckResult.Fail(
                Name,
                $"{name} is selected and online, but the kernel has no default route into the tunnel.",
                "systemctl restart tailscaled");
    }

    // One family goes into the tunnel and is lost there, or does not go into it at all.
    private CheckResult? Halved(Host host, TailscalePeer exitNode, TailscaleStatus status)
    {
        IpFamily[] used = [.. host.Environment.Families.Where(family => IsUsed(host, family))];
        IpFamily[] lost = [.. used.Where(family =>
            host.Tunnel.Defaults.Contains(family) && exitNode.Carries(family) == false)];
        if (lost.Length > 0)
            return CheckResult.Warn(
                Name,
                $"{exitNode.Name} is an exit node for " +
                    $"{ListText.Of(IpFamilies.All.Where(family => exitNode.Carries(family) != false))} only: " +
                    $"{ListText.Of(lost)} goes into the tunnel and is lost. Advertise its default route on that " +
                    "machine, or select another exit node.",
                Choose(status));

        IpFamily[] open = [.. used.Where(family =>
            !host.Tunnel.Defaults.Contains(family)
                && host.Routing.MainRoutes.Any(route => route.IsDefault && route.Family == family))];
        return open.Length == 0 ? null : CheckResult.Warn(
            Name,
            $"The kernel has no default route into the tunnel for {ListText.Of(open)}: it leaves by the ISP, except " +
                "from killswitch networks, which are refused. A restart of tailscaled cuts its connections for a " +
                "moment.",
            "systemctl restart tailscaled");
    }

    private static bool IsUsed(Host host, IpFamily family) =>
        host.Routing.MainRoutes.Any(route => route.IsDefault && route.Family == family)
        || host.Containers.Networks.Any(
            network => network.Bridge is not null && network.Prefixes.Any(subnet => subnet.Family == family))
        || host.Policies.Any(policy => policy.Policy.Target.SubnetsOf(family).Any());

    private CheckResult Pass(Host host, string who) => CheckResult.Pass(
        Name,
        $"{who} sends the internet traffic of {ListText.Of(host.Tunnel.Defaults.Distinct())} into " +
            $"{host.Tunnel.Name?.ToString() ?? "the tunnel"}.");

    private static string[] Closed(Host host) => [.. host.Killswitches.Select(policy => policy.Policy.Name.ToString())];

    private CheckResult None(Host host, TailscaleStatus status)
    {
        string[] closed = Closed(host);
        return closed.Length == 0
            ? CheckResult.Pass(Name, "No exit node is selected.")
            : CheckResult.Warn(
                Name,
                $"No exit node is selected: {ListText.Of(closed)} can reach the tailnet, but not the internet.",
                Choose(status));
    }

    private static string? Choose(TailscaleStatus status) =>
        status.ExitNodesOffered.FirstOrDefault(
            peer => peer.Online && peer.Id != status.ExitNode?.Id) is TailscalePeer peer
            ? $"tailscale set --exit-node={peer.Name}"
            : null;
}
