using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;
using TailSplit.Execution.Routing;

namespace TailSplit.Execution.Containers;

/// <summary>What tells this host's own daemon from another.</summary>
/// <param name="Endpoint">Where the client finds it; null where it does not say.</param>
/// <param name="Daemon">What it says of itself.</param>
/// <param name="Interfaces">The interfaces of this host; none where they can't be read.</param>
internal sealed record DockerSurroundings(string? Endpoint, DockerInfo Daemon, ImmutableArray<HostInterface> Interfaces)
{
    public static async Task<DockerSurroundings> ReadAsync(
        IProgramRunner runner, Docker docker, CancellationToken cancellationToken)
    {
        Task<string?> endpoint = docker.FindEndpointAsync(cancellationToken);
        Task<DockerInfo> daemon = docker.GetInfoAsync(cancellationToken);
        Task<ImmutableArray<HostInterface>> interfaces = ReadInterfacesAsync(runner, cancellationToken);
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

    // Where ip can't tell them, nothing can be written either, and its own failure says why.
    private static async Task<ImmutableArray<HostInterface>> ReadInterfacesAsync(
        IProgramRunner runner, CancellationToken cancellationToken)
    {
        try
        {
            return await new IpRoute(runner).ReadInterfacesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException)
        {
            return [];
        }
    }
}
