using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Containers;

/// <summary>
/// A container engine of the host: its networks, its running containers and its events. Each method throws a
/// <see cref="TailSplitException"/> if the engine can't be asked.
/// </summary>
public interface IContainerEngine
{
    ContainerEngine Kind { get; }

    /// <summary>
    /// All networks of any daemon by name, compared with the interfaces of this host. Each says whether it can have a
    /// policy.
    /// </summary>
    Task<ImmutableArray<DockerNetwork>> ListNetworksAsync(CancellationToken cancellationToken);

    /// <summary>The same for this host's own engine. An engine of another host is an error.</summary>
    Task<ImmutableArray<DockerNetwork>> GetNetworksAsync(CancellationToken cancellationToken);

    /// <summary>All networks as the engine reports them, of any host. Only for completion.</summary>
    /// <param name="known">Networks of an earlier reading. The engine need not be asked for them again.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    Task<ImmutableArray<DockerNetwork>> ReadNetworksAsync(
        IReadOnlyCollection<DockerNetwork> known, CancellationToken cancellationToken);

    /// <summary>The network with exactly this name or id; null if the engine has none.</summary>
    Task<DockerNetwork?> FindNetworkAsync(string name, CancellationToken cancellationToken);

    /// <summary>All running containers, by name.</summary>
    Task<ImmutableArray<DockerContainer>> GetContainersAsync(CancellationToken cancellationToken);

    /// <summary>The ids of all networks, as text to compare.</summary>
    Task<string> CheckAsync(CancellationToken cancellationToken);

    /// <summary>The program that prints a line for each network that is created or removed.</summary>
    /// <param name="since">The time of the first event.</param>
    ProgramCall Events(DateTimeOffset since);

    /// <summary>Parses a line of that program; null if it is not about a network.</summary>
    NetworkEvent? ReadEvent(string line);
}
