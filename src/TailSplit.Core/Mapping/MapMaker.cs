using System.Collections.Immutable;
using TailSplit.Core.Containers;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Mapping;

/// <summary>Makes a map of what was read from a host.</summary>
public sealed class MapMaker
{
    // docker swarm's way out: all overlay networks share it (moby daemon/cluster: docker_gwbridge).
    private const string OverlayGateway = "docker_gwbridge";

    private readonly MapInput _sources;
    private readonly ImmutableArray<DockerNetwork> _networks;
    private readonly bool _exitNodeActive;

    private MapMaker(MapInput sources)
    {
        _sources = sources;
        _networks = sources.Networks ?? [];
        _exitNodeActive = sources.TunnelRoutes.Any(route => route.IsDefault && IsIntoTunnel(route));
    }

    private Egress HostEgress => _exitNodeActive ? Egress.Tunnel : Egress.Direct;

    public static HostMap Make(MapInput sources) => new MapMaker(sources).Make();

    private HostMap Make()
    {
        ImmutableArray<MapEntry> entries =
        [
            .. _networks.Select(OfNetwork),
            .. _sources.Policies
                .Where(policy => !_networks.Any(network => IsOn(policy.Policy, network)))
                .Select(OfPolicyAlone),
        ];
        return new HostMap
        {
            Tunnel = _sources.Tunnel,
            ExitNodeActive = _exitNodeActive,
            Uplink = Uplink(),
            KnowsNetworks = _sources.Networks is not null,
            Engines = _sources.Engines,
            Entries = [.. entries
                .Select(entry => SharedContainers.Remark(entry, entries))
                .OrderBy(entry => entry.Policy is null)
                .ThenBy(entry => entry.Name, StringComparer.Ordinal)],
        };
    }

    private MapEntry OfNetwork(DockerNetwork network)
    {
        MapEntry entry = new()
        {
            Name = network.Name,
            Engine = network.Engine,
            Label = network.Driver == "null" ? "none" : network.Internal ? "internal" : network.Driver,
            Subnets = network.Subnet,
            Containers = network.Containers,
        };
        if (_sources.Policies.FirstOrDefault(policy => IsOn(policy.Policy, network)) is MappedPolicy policy)
            return WithPolicy(entry, policy);

        return entry with { Egress = Unmanaged(network), Remarks = [.. RemarksOf(network)] };
    }

    private MapEntry OfPolicyAlone(MappedPolicy policy) => WithPolicy(
        new MapEntry
        {
            Name = policy.Policy.Name.ToString(),
            Label = "",
            Subnets = [.. policy.Policy.Target.Subnets.Select(subnet => subnet.ToString())],
            Remarks = policy.Policy.Target.Network is PolicyName network
                && _sources is { Networks: not null, IsPartial: false }
                ? [new MapRemark($"{EngineText.Lack(_sources.Engines, network.ToString())} any more.", IsAlert: true)]
                : [],
        },
        policy);

    private MapEntry WithPolicy(MapEntry entry, MappedPolicy found)
    {
        IEnumerable<MapRemark> remarks = found.Policy.Name.ToString() == entry.Name
            ? PolicyRemarks.Of(found)
            : PolicyRemarks.Of(found).Prepend(new MapRemark($"The policy is named '{found.Policy.Name}'."));
        MapEntry known = entry with
        {
            Policy = found.Policy,
            IsWhole = found.IsWhole,
            Remarks = [.. entry.Remarks, .. remarks],
        };
        return found.Policy switch
        {
            KillswitchPolicy => known with
            {
                Label = "killswitch",
                Egress = _exitNodeActive ? Egress.Tunnel : Egress.Blocked,
                Passed = found.Passed,
                Blocked = found.Blocked,
            },
            // Nothing counts the packets of a bypass by routes alone.
            BypassPolicy bypass => known with
            {
                Label = "bypass",
                Egress = Egress.Direct,
                Passed = bypass.Mechanism == Mechanism.Mark ? found.Passed : null,
            },
            _ => throw new ArgumentOutOfRangeException(nameof(found)),
        };
    }

    private Egress? Unmanaged(DockerNetwork network) => network.Driver switch
    {
        "null" => Egress.Blocked,
        "host" => HostEgress,
        _ when network.Internal => Egress.Blocked,
        "bridge" => HostEgress,
        // Outside the host's firewall and routes, to the gateway of the parent's LAN.
        "macvlan" or "ipvlan" => Egress.Direct,
        "overlay" => _networks.FirstOrDefault(other => other.Name == OverlayGateway) is DockerNetwork gateway
            ? OfNetwork(gateway).Egress
            : HostEgress,
        _ => null,
    };

    private IEnumerable<MapRemark> RemarksOf(DockerNetwork network) => network.Driver switch
    {
        "null" => [new("Its containers have no network.")],
        _ when network.Internal => [new(network.Engine == ContainerEngine.Podman
            ? "Podman gives the containers of an internal network no default route."
            : "Docker lets nothing out of an internal network.")],
        "host" => [new("Its containers are the host itself.")],
        "macvlan" or "ipvlan" => [new("Leaves by its parent interface, past the host and its exit node.")],
        "overlay" => [new($"Leaves by {OverlayGateway}, which all overlay networks share.")],
        "bridge" when AnswersAreLost(network) is string subnet =>
            [new(
                $"No answer comes back: Tailscale routes {subnet} into the tunnel (exit node without LAN access).",
                IsAlert: true)],
        "bridge" => [],
        _ => [new("How this driver leaves the host is unknown.")],
    };

    // Tailscale's table sends the bridge's own prefix into the tunnel: the answers never reach the bridge
    // (docs/rules.md).
    private string? AnswersAreLost(DockerNetwork network) => network.Prefixes
        .Where(prefix => _sources.TunnelRoutes.Any(route =>
            !route.IsDefault && IsIntoTunnel(route) && Cidr.TryParse(route.Destination, out Cidr routed)
                && routed.Contains(prefix)))
        .Select(prefix => prefix.ToString())
        .FirstOrDefault();

    private bool IsIntoTunnel(HostRoute route) =>
        route.Type is null && route.Device is not null && route.Device == _sources.Tunnel?.ToString();

    private string? Uplink()
    {
        string[] devices = [.. _sources.MainRoutes
            .Where(route => route is { IsDefault: true, Type: null })
            .Select(route => route.Device)
            .OfType<string>()
            .Distinct()];
        return devices.Length == 1 ? devices[0] : null;
    }

    private bool IsOn(Policy policy, DockerNetwork network) =>
        policy.Target.Network is not null
            ? policy.Target.FindIn(_networks)?.Id == network.Id
            : policy.Target.Bridge is InterfaceName bridge
                ? bridge.ToString() == network.Bridge
                : network.Driver == "bridge" && network.Prefixes.Any(
                    prefix => policy.Target.Subnets.Any(prefix.Overlaps));
}
