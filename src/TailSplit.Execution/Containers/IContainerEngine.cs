using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Containers;

/// <summary>
/// A container engine of the host: its networks, its running containers, and what it reports about its networks. Each
/// method throws a <see cref="TailSplitException"/> where the engine can't be asked.
/// </summary>
public interface IContainerEngine
{
    ContainerEngine Kind { get; }

    /// <summary>
    /// All networks by name, held against the interfaces of this host, of whichever daemon answers; each says whether a
    /// policy can hold on it.
    /// </summary>
    Task<ImmutableArray<DockerNetwork>> ListNetworksAsync(CancellationToken cancellationToken);

    /// <summary>The same of this host's own engine; another one's is a failure.</summary>
    Task<ImmutableArray<DockerNetwork>> GetNetworksAsync(CancellationToken cancellationToken);

    /// <summary>All networks as the engine reports them, whosever it is: for completion alone.</summary>
    Task<ImmutableArray<DockerNetwork>> ReadNetworksAsync(CancellationToken cancellationToken);

    /// <summary>The network of exactly this name or id; null where the engine has none.</summary>
    Task<DockerNetwork?> FindNetworkAsync(string name, CancellationToken cancellationToken);

    /// <summary>All running containers, by name.</summary>
    Task<ImmutableArray<DockerContainer>> GetContainersAsync(CancellationToken cancellationToken);

    /// <summary>The ids of all networks, as text to compare.</summary>
    Task<string> CheckAsync(CancellationToken cancellationToken);

    /// <summary>The program that prints a line for each network that is made or removed.</summary>
    /// <param name="since">From when on.</param>
    ProgramCall Events(DateTimeOffset since);

    /// <summary>What a line of that program says; null where it says nothing of a network.</summary>
    NetworkEvent? ReadEvent(string line);
}
