using System.Collections.Immutable;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Hosts;

/// <summary>The interfaces and routes of a host. Its ip rules are in <see cref="Host.Live"/>.</summary>
public sealed record HostRouting
{
    public ImmutableArray<HostInterface> Interfaces { get; init; } = [];

    /// <summary>The routes of Tailscale's table, both families.</summary>
    public ImmutableArray<HostRoute> TunnelRoutes { get; init; } = [];

    /// <summary>The routes of table main, both families.</summary>
    public ImmutableArray<HostRoute> MainRoutes { get; init; } = [];

    /// <summary>All routes of all tables, by family; null if they were not read.</summary>
    public ImmutableDictionary<IpFamily, ImmutableArray<LiveRoute>>? Tables { get; init; }

    /// <summary>Why interfaces, routes and ip rules could not be read; null if they could.</summary>
    public Failure? Unread { get; init; }

    /// <summary>Whether networkd deletes foreign ip rules when it starts; null if it does not run.</summary>
    public bool? NetworkdDeletesRules { get; init; }
}
