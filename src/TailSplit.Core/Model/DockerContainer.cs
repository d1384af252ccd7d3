using System.Collections.Immutable;
using System.Net;

namespace TailSplit.Core.Model;

/// <summary>A running container as its engine reports it.</summary>
public sealed record DockerContainer
{
    public ContainerEngine Engine { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Its first process, on this machine.</summary>
    public int ProcessId { get; init; }

    /// <summary>"host", "none", "container:id", or the name of a network.</summary>
    public string NetworkMode { get; init; } = "";

    public ImmutableArray<ContainerEndpoint> Networks { get; init; } = [];

    public bool Privileged { get; init; }

    /// <summary>Whether it is among the processes of the host (<c>--pid=host</c>).</summary>
    public bool SharesHostProcesses { get; init; }

    /// <summary>Its bind mounts, as paths of the host.</summary>
    public ImmutableArray<string> HostPaths { get; init; } = [];

    /// <summary>Capabilities asked for besides Docker's own, without the prefix CAP_.</summary>
    public ImmutableArray<string> AddedCapabilities { get; init; } = [];

    public ImmutableArray<PublishedPort> Ports { get; init; } = [];

    /// <summary>Its resolv.conf, as a file of the host.</summary>
    public string? ResolvConfPath { get; init; }

    public override string ToString() => Name;
}

/// <summary>A container's place on a network.</summary>
/// <param name="Network">The network's name.</param>
/// <param name="Gateway">The IPv4 gateway there; null for none.</param>
/// <param name="GatewayIPv6">The IPv6 gateway there; null for none.</param>
/// <param name="Priority">The highest has the default route (Engine 28 and later); 0 by itself.</param>
public sealed record ContainerEndpoint(string Network, IPAddress? Gateway, IPAddress? GatewayIPv6, int Priority)
{
    /// <summary>The network's id, which tells two networks of one name apart; empty if Docker does not say.</summary>
    public string NetworkId { get; init; } = "";

    public bool IsOn(DockerNetwork network) =>
        NetworkId.Length > 0 ? NetworkId == network.Id : Network == network.Name;

    public bool HasGateway(string address) =>
        IPAddress.TryParse(address, out IPAddress? parsed) && (parsed.Equals(Gateway) || parsed.Equals(GatewayIPv6));

    public IPAddress? GatewayOf(IpFamily family) => family == IpFamily.IPv4 ? Gateway : GatewayIPv6;
}

/// <summary>The default gateways of a container, as its kernel has them; null for none.</summary>
public sealed record ContainerGateways(IPAddress? IPv4, IPAddress? IPv6)
{
    public IPAddress? Of(IpFamily family) => family == IpFamily.IPv4 ? IPv4 : IPv6;
}

/// <summary>A published port of a container.</summary>
/// <param name="HostAddress">The host's address; null for all.</param>
/// <param name="HostPort">The host's port.</param>
/// <param name="ContainerPort">Port and protocol in the container, as 80/tcp.</param>
public sealed record PublishedPort(IPAddress? HostAddress, int HostPort, string ContainerPort)
{
    /// <summary>Whether others than the host itself can reach it.</summary>
    public bool IsOpen => HostAddress is null || !IPAddress.IsLoopback(HostAddress);
}
