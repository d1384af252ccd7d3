using System.Collections.Immutable;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Mapping;

/// <summary>What a map is drawn from.</summary>
public sealed record MapInput
{
    /// <summary>The networks of the host's engines; null where none of them answers.</summary>
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

/// <summary>A policy in force, with what the kernel says of it.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="IsWhole">Whether nothing of it is missing.</param>
/// <param name="Passed">Packets that the firewall let out.</param>
/// <param name="Blocked">Packets that the firewall stopped.</param>
public sealed record MappedPolicy(Policy Policy, bool IsWhole, ulong Passed, ulong Blocked);
