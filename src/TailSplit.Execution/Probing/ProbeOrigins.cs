using System.Collections.Immutable;
using System.Net;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;

namespace TailSplit.Execution.Probing;

/// <summary>
/// Opens a namespace in the network of each policy: that of a running container, preferably one on no other network,
/// otherwise a new one on the bridge.
/// </summary>
internal sealed class ProbeOrigins(IProbeHost probeHost, Host host) : IAsyncDisposable
{
    private readonly List<IProbeSpace> _open = [];

    /// <summary>Opens a namespace in the network of a policy, or returns why that is not possible.</summary>
    public async Task<(ProbeOrigin? Source, string? Reason)> OpenAsync(
        Policy policy, ImmutableArray<IPAddress> targets, CancellationToken cancellationToken)
    {
        DockerNetwork? network = NetworkOf(policy);
        if (BridgeOf(policy, network) is not InterfaceName bridge)
            return (null, "the bridge of the network is unknown");

        if (host.Routing.Interfaces.All(link => link.Name != bridge.ToString()))
            return (null, $"the bridge '{bridge}' does not exist");

        // The current subnets: the network may have been recreated since the policy was created.
        ImmutableArray<Cidr> subnets = network is null ? policy.Target.Subnets : [.. network.Subnet.Select(Cidr.Parse)];
        ImmutableArray<IpFamily> families = [.. subnets.Select(subnet => subnet.Family).Distinct()];
        foreach (DockerContainer container in ContainersOn(network))
        {
            if (probeHost.TryOpenProcess(container.ProcessId) is IProbeSpace space)
                return (new ProbeOrigin(policy, bridge, container.Name, families, Keep(space)), null);
        }

        ImmutableArray<(IPAddress, int)> addresses = FreeAddressesOf(subnets, network);
        if (addresses.IsEmpty)
            return (null, "its subnet has no free address to send from");

        try
        {
            IProbeSpace own = await probeHost.AttachAsync(
                bridge, addresses, targets, cancellationToken).ConfigureAwait(false);
            return (new ProbeOrigin(policy, bridge, null, families, Keep(own)), null);
        }
        catch (Exception e) when (e is TailSplitException or IOException)
        {
            return (null, e.Message.TrimEnd('.'));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IProbeSpace space in _open)
            await space.DisposeAsync().ConfigureAwait(false);
    }

    private DockerNetwork? NetworkOf(Policy policy) => policy.Target.Network is not null
        ? policy.Target.FindIn(host.Containers.Networks)
        : host.Containers.Networks.FirstOrDefault(
            network => network.Bridge is not null && network.Bridge == policy.Target.Bridge?.ToString());

    private InterfaceName? BridgeOf(Policy policy, DockerNetwork? network) =>
        InterfaceName.TryParse(network?.Bridge, out InterfaceName bridge) ? bridge
        : policy.Target.Bridge ?? BridgeFinder.Find(policy.Target.Subnets, host.Routing.Interfaces);

    private IEnumerable<DockerContainer> ContainersOn(DockerNetwork? network) => host.Containers.Running
        .Where(container => container.ProcessId > 0
            && network is not null && container.Networks.Any(endpoint => endpoint.IsOn(network)))
        .OrderBy(container => container.Networks.Length);

    private ImmutableArray<(IPAddress, int)> FreeAddressesOf(ImmutableArray<Cidr> subnets, DockerNetwork? network)
    {
        HashSet<IPAddress> taken =
        [
            .. host.Routing.Interfaces.SelectMany(link => link.Addresses).Select(own => own.Address),
            .. (network?.Gateway ?? []).Select(IPAddress.Parse),
        ];
        return [.. subnets
            .Select(subnet => (Address: FreeAddress.Find(subnet, taken), subnet.PrefixLength))
            .Where(own => own.Address is not null)
            .Select(own => (own.Address!, own.PrefixLength))];
    }

    private IProbeSpace Keep(IProbeSpace space)
    {
        _open.Add(space);
        return space;
    }
}
