using System.Collections.Immutable;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Mapping;

/// <summary>The input of a map.</summary>
public sealed record MapInput
{
    /// <summary>The networks of the host's engines; null if none of them answers.</summary>
    public ImmutableArray<DockerNetwork>? Networks { get; init; }

    /// <summary>The engines that the host has.</summary>
    public ImmutableArray<ContainerEngine> Engines { get; init; } = [ContainerEngine.Docker];

    /// <summary>Whether another engine of the host does not answer.</summary>
    public bool IsPartial { get; init; }

    public ImmutableArray<MappedPolicy> Policies { get; init; } = [];

    public InterfaceName? Tunnel { get; init; }

    /// <summary>The routes of Tailscale's table.</summary>
    public ImmutableArray<HostRoute> TunnelRoutes { get; init; } = [];

    /// <summary>The routes of the main table.</summary>
    public ImmutableArray<HostRoute> MainRoutes { get; init; } = [];
}

/// <summary>A policy in force, with its counters.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="IsWhole">Whether it is complete.</param>
/// <param name="Passed">Packets that the firewall let leave.</param>
/// <param name="Blocked">Packets that the firewall stopped.</param>
public sealed record MappedPolicy(Policy Policy, bool IsWhole, ulong Passed, ulong Blocked);
