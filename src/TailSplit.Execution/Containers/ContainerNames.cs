using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Model;

namespace TailSplit.Execution.Containers;

/// <summary>Finds the name servers that the containers of a network query.</summary>
public sealed class ContainerNames(Machine machine)
{
    internal const string HostsFile = "/etc/resolv.conf";

    private readonly HostEngines _engines = new(machine);
    private readonly Dictionary<ContainerEngine, ImmutableArray<DockerContainer>> _containers = [];

    /// <exception cref="TailSplitException">The engine of the network could not be asked.</exception>
    public async Task<ImmutableArray<NameQuestions>> OnAsync(DockerNetwork network, CancellationToken cancellationToken)
    {
        // Each engine is asked once, also for a pipeline of many networks.
        if (!_containers.TryGetValue(network.Engine, out ImmutableArray<DockerContainer> containers))
        {
            containers = await _engines.GetContainersAsync(network.Engine, cancellationToken).ConfigureAwait(false);
            _containers[network.Engine] = containers;
        }

        string? hosts = machine.Files.TryRead(HostsFile);
        return [.. containers
            .Where(container => container.Networks.Any(endpoint => endpoint.IsOn(network)))
            .Select(container => (
                Container: container,
                Text: container.ResolvConfPath is string path ? machine.Files.TryRead(path) : null))
            .Where(each => each.Text is not null)
            .Select(each => NameQuestions.Of(each.Container, each.Text!, hosts))];
    }

    /// <summary>The name servers of the host; empty if its resolv.conf can't be read.</summary>
    public ImmutableArray<string> OfHost() => [.. EmbeddedDns.NameServers(machine.Files.TryRead(HostsFile) ?? "")];
}
