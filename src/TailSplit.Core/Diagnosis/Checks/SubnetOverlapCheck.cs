using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// No Docker subnet lies in the range that belongs to every tailnet, or under a route that another machine advertises.
/// </summary>
internal sealed class SubnetOverlapCheck : IHostCheck
{
    public string Name => "SubnetOverlap";

    public IEnumerable<CheckResult> Run(Host host)
    {
        if (host.Containers.Trouble is string trouble)
            return [CheckResult.Skipped(Name, trouble)];

        TunnelProvider provider = host.Environment.Provider;
        DockerNetwork[] bridged = [.. host.Containers.Networks.Where(network => network.Bridge is not null)];
        DockerNetwork[] inside = [.. bridged.Where(
            network => network.Prefixes.Any(provider.Overlaps))];
        if (inside.Length > 0)
        {
            // Recreating a network disconnects its containers, so only their owner can do that.
            return [CheckResult.Fail(
                Name,
                $"The subnet of {ListText.Of(inside)} is in Tailscale's address range, so Tailscale drops its " +
                    $"packets. Create another network outside {provider.RangeOf(IpFamily.IPv4)} and " +
                    $"{provider.RangeOf(IpFamily.IPv6)}, and move the containers there.",
                remedy: null)];
        }

        (DockerNetwork Network, Cidr Subnet, HostRoute Route)[] taken =
        [
            .. from network in bridged
               from subnet in network.Prefixes
               from route in SubnetWay.IntoTunnel(host, subnet)
               where !route.IsDefault && !SubnetWay.IsOwnPrefix(host, route)
               select (network, subnet, route),
        ];
        return taken.Length == 0
            ? [CheckResult.Pass(Name, bridged.Length == 0
                ? "Docker has no bridge network."
                : $"The subnets of {bridged.Length} {ListText.Plural(bridged.Length, "network")} are outside the " +
                    "tailnet's range, and no accepted route takes their replies.")]
            : [CheckResult.Fail(
                Name,
                "A route of another tailnet machine takes the replies to containers: " +
                    ListText.Of(taken.Select(each => $"{each.Network} ({each.Subnet}, route {each.Route.Destination})")) +
                    ". The remedy adds an ip rule that keeps them on their bridge until the host restarts; the rest of " +
                    "the route stays in force.",
                string.Join("; ", taken.Select(each => SubnetWay.Rescue(host, each.Subnet)).Distinct()))];
    }
}
