using System.Collections.Immutable;
using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// With an exit node and LAN access off, Tailscale routes every local prefix into the tunnel, Docker's bridges
/// included: no reply reaches its container (tailscale#13367). The rules of a policy solve it for its network.
/// </summary>
internal sealed class LanAccessCheck : IHostCheck
{
    public const string Remedy = "tailscale set --exit-node-allow-lan-access=true";

    public string Name => "LanAccess";

    public IEnumerable<CheckResult> Run(Host host)
    {
        if (host.Containers.Trouble is string trouble)
            return [CheckResult.Skipped(Name, trouble)];

        DockerNetwork[] bridged = [.. host.Containers.Networks.Where(network => network.Bridge is not null)];
        (DockerNetwork Network, ImmutableArray<HostRoute> Traps)[] caught =
        [
            .. bridged
                .Select(network => (network, TrapsOf(host, network)))
                .Where(each => !each.Item2.IsEmpty),
        ];
        if (caught.Length == 0)
        {
            return
            [
                CheckResult.Pass(Name, bridged.Length == 0
                    ? "Docker has no bridge network."
                    : $"Replies to the containers of {bridged.Length} {ListText.Plural(bridged.Length, "network")} " +
                        "take their bridges."),
            ];
        }

        DockerNetwork[] inUse =
        [
            .. caught.Select(each => each.Network).Where(network => host.Containers.On(network).Any()),
        ];
        string routes = ListText.Of(
            caught.SelectMany(each => each.Traps).Select(route => route.Destination).Distinct());
        return inUse.Length > 0
            ? [CheckResult.Fail(
                Name,
                $"Replies to the containers of {ListText.Of(inUse)} go into the tunnel (route {routes}): they have " +
                    "no network while the exit node is on.",
                RemedyFor(host))]
            : [CheckResult.Warn(
                Name,
                $"Replies to {ListText.Of(caught.Select(each => each.Network))} would go into the tunnel (route " +
                    $"{routes}); it has no container yet.",
                RemedyFor(host))];
    }

    // With LAN access on, tailscaled has not written its throw route.
    private static string RemedyFor(Host host) =>
        host.Tunnel.Settings is not { AllowLanAccess: true }
            ? Remedy
            : string.Join("; ", host.Containers.Networks
                .Where(network => network.Bridge is not null)
                .SelectMany(network => network.Prefixes)
                .Where(subnet => SubnetWay.IntoTunnel(host, subnet).Any(route => IsTrap(host, route)))
                .Select(subnet => SubnetWay.Rescue(host, subnet)));

    private static ImmutableArray<HostRoute> TrapsOf(Host host, DockerNetwork network) =>
    [
        .. network.Prefixes
            .Where(subnet => !host.Environment.Provider.Overlaps(subnet))
            .SelectMany(subnet => SubnetWay.IntoTunnel(host, subnet))
            .Where(route => IsTrap(host, route)),
    ];

    // The exit node's own route takes every destination without a throw route.
    private static bool IsTrap(Host host, HostRoute route) =>
        route.IsDefault || SubnetWay.IsOwnPrefix(host, route);
}
