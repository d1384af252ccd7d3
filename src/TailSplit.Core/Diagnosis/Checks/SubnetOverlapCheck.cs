using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// No Docker subnet lies in the range that belongs to every tailnet, or under a route that another machine advertises.
/// </summary>
internal sealed class SubnetOverlapCheck : IHostCheck
{
    public string Name => "SubnetOverlap";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        if (host.DockerTrouble is string trouble)
            return [CheckResult.Skipped(Name, trouble)];

        DockerNetwork[] inside = [.. host.Networks.Where(
            network => network.Prefixes.Any(subnet => TailscaleRanges.Of(subnet.Family).Overlaps(subnet)))];
        if (inside.Length > 0)
        {
            return [CheckResult.Fail(
                Name,
                $"The subnet of {Sentence.List(inside)} is in the range of every tailnet; Tailscale drops its packets.",
                string.Join("; ", inside.Select(network => MakeAnew(network, host))))];
        }

        string[] taken = [.. host.Networks.SelectMany(network => network.Prefixes.SelectMany(subnet => host.TunnelRoutes
            .Where(route => Takes(host, route, subnet))
            .Select(route => $"{network} ({subnet}, route {route.Destination})")))];
        return taken.Length == 0
            ? [CheckResult.Pass(Name, "Docker's subnets overlap neither the tailnet's range nor an accepted route.")]
            : [CheckResult.Fail(
                Name,
                $"A route of another machine of the tailnet takes the answers to containers: {Sentence.List(taken)}.",
                "tailscale set --accept-routes=false")];
    }

    private static bool Takes(HostSnapshot host, HostRoute route, Cidr subnet) =>
        route is { IsDefault: false, Type: null } && route.Device == host.Environment.Tunnel?.ToString()
        && route.Prefix is Cidr prefix && prefix.Overlaps(subnet)
        && !LanAccessCheck.IsTrap(host, route, subnet) && !LanAccessCheck.IsRescued(host, subnet);

    // Without a subnet of its own, Docker takes one from its pools, which keep out of that range.
    private static string MakeAnew(DockerNetwork network, HostSnapshot host)
    {
        string[] containers = [.. host.ContainersOn(network).Select(container => container.Name)];
        return string.Join("; ",
        [
            .. containers.Select(container => $"docker network disconnect {network.Name} {container}"),
            $"docker network rm {network.Name}",
            $"docker network create {network.Name}",
            .. containers.Select(container => $"docker network connect {network.Name} {container}"),
        ]);
    }
}
