using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;
using TailSplit.Execution.Routing;

namespace TailSplit.Execution.Containers;

/// <summary>What distinguishes this host's own daemon from one of another host.</summary>
/// <param name="Endpoint">The endpoint that the client uses; null if it does not say.</param>
/// <param name="Daemon">What the daemon reports about itself.</param>
/// <param name="Interfaces">The interfaces of this host; empty if they can't be read.</param>
internal sealed record DockerSurroundings(string? Endpoint, DockerInfo Daemon, ImmutableArray<HostInterface> Interfaces)
{
    public static async Task<DockerSurroundings> ReadAsync(
        IProgramRunner runner, Docker docker, CancellationToken cancellationToken)
    {
        Task<string?> endpoint = docker.FindEndpointAsync(cancellationToken);
        Task<DockerInfo> daemon = docker.GetInfoAsync(cancellationToken);
        Task<ImmutableArray<HostInterface>> interfaces =
            new IpRoute(runner).TryReadInterfacesAsync(cancellationToken);
        await Task.WhenAll(endpoint, daemon, interfaces).ConfigureAwait(false);
        return new DockerSurroundings(
            await endpoint.ConfigureAwait(false),
            await daemon.ConfigureAwait(false),
            await interfaces.ConfigureAwait(false));
    }

    public string? WhyForeign(ImmutableArray<DockerNetwork> networks) =>
        ForeignDaemon.WhyForeign(Endpoint, Daemon, Environment.MachineName, networks, Interfaces);

    public bool IsAway(DockerNetwork network) =>
        network.Driver == "bridge" && !Interfaces.IsEmpty && Interfaces.All(link => link.Name != network.Bridge);

    public DockerNetwork Examine(DockerNetwork network, string? foreign) => foreign is null
        ? NetworkOnHost.Examine(network, Interfaces)
        : network with { ForeignDaemon = foreign };
}
