using System.Collections.Immutable;
using System.Globalization;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Execution.Files;
using TailSplit.Execution.Programs;
using TailSplit.Execution.Routing;

namespace TailSplit.Execution.Containers;

/// <summary>
/// Podman as root, by its own command line. Networks of a user's rootless Podman are in a network namespace of that
/// user, where no rule of the host is, so Podman is always asked as root.
/// </summary>
public sealed class Podman(IProgramRunner runner) : IContainerEngine
{
    internal const string Program = "podman";

    /// <summary>Where netavark keeps a file for each network but the default one (podman-network(1)).</summary>
    internal const string NetworkFolder = "/etc/containers/networks";

    /// <summary>What is there once Podman has run as root, since the host started or ever (podman(1): tmpdir, root).</summary>
    internal static ImmutableArray<string> Traces { get; } =
        ["/run/libpod", NetworkFolder, "/var/lib/containers/storage"];

    public ContainerEngine Kind => ContainerEngine.Podman;

    /// <summary>
    /// Whether Podman is installed and has ever run as root. Where it has not, it has no network, and is not asked: its
    /// first run would make folders.
    /// </summary>
    public static bool IsUsed(IProgramRunner runner, IHostFiles files) =>
        runner.IsInstalled(Program) && Traces.Any(files.Exists);

    /// <inheritdoc/>
    public Task<ImmutableArray<DockerNetwork>> GetNetworksAsync(CancellationToken cancellationToken) =>
        ListNetworksAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<ImmutableArray<DockerNetwork>> ListNetworksAsync(CancellationToken cancellationToken)
    {
        Task<string> list = RunAsync(cancellationToken, "network", "ls", "--format", "json");
        // The list of networks does not name containers.
        Task<string> containers = RunAsync(cancellationToken, "ps", "--format", "json");
        Task<ImmutableArray<HostInterface>> interfaces = ReadInterfacesAsync(cancellationToken);
        await Task.WhenAll(list, containers, interfaces).ConfigureAwait(false);
        ImmutableArray<HostInterface> links = await interfaces.ConfigureAwait(false);
        ILookup<string, string> members = PodmanContainerJson.Members(await containers.ConfigureAwait(false));
        return
        [
            .. PodmanNetworkJson.Parse(await list.ConfigureAwait(false), members)
                .Select(network => NetworkOnHost.Examine(network, links))
                .OrderBy(network => network.Name, StringComparer.Ordinal),
        ];
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<DockerNetwork>> ReadNetworksAsync(CancellationToken cancellationToken) =>
        PodmanNetworkJson.Parse(
            await RunAsync(cancellationToken, "network", "ls", "--format", "json").ConfigureAwait(false),
            PodmanContainerJson.Members("[]"));

    /// <inheritdoc/>
    public async Task<DockerNetwork?> FindNetworkAsync(string name, CancellationToken cancellationToken) =>
        Docker.Pick(name, await ListNetworksAsync(cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<ImmutableArray<DockerContainer>> GetContainersAsync(CancellationToken cancellationToken)
    {
        Task<ImmutableArray<DockerNetwork>> networks = ReadNetworksAsync(cancellationToken);
        Task<string> list = RunAsync(cancellationToken, "ps", "--quiet", "--no-trunc");
        await Task.WhenAll(networks, list).ConfigureAwait(false);
        string[] ids = (await list.ConfigureAwait(false)).Split(
            '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (ids.Length == 0)
            return [];

        // A container can end between the two calls; the others are printed anyway.
        ProgramResult result = await runner
            .RunAsync(Call(["container", "inspect", "--", .. ids]), cancellationToken)
            .ConfigureAwait(false);
        return result.Succeeded || result.Output.TrimStart().StartsWith('[')
            ? [.. PodmanContainerJson.Parse(result.Output, await networks.ConfigureAwait(false))
                .OrderBy(container => container.Name, StringComparer.Ordinal)]
            : throw Failures.PodmanUnavailable(result.Complaint).ToException();
    }

    /// <inheritdoc/>
    public async Task<string> CheckAsync(CancellationToken cancellationToken) => string.Join(
        ' ',
        (await ReadNetworksAsync(cancellationToken).ConfigureAwait(false))
            .Select(network => network.Id)
            .Order(StringComparer.Ordinal));

    /// <inheritdoc/>
    public ProgramCall Events(DateTimeOffset since) => Call(
    [
        "events", "--since", since.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        "--filter", "type=network", "--filter", "event=create", "--filter", "event=remove", "--format", "json",
    ]);

    /// <inheritdoc/>
    public NetworkEvent? ReadEvent(string line) =>
        PodmanEventJson.TryParse(line, out NetworkEvent? network) ? network : null;

    // Not the remote service that CONTAINER_HOST or containers.conf may name: its networks are not of this host.
    private static ProgramCall Call(ImmutableArray<string> arguments) =>
        new(Program, ["--remote=false", .. arguments]) { NeedsRoot = true };

    private async Task<string> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        ProgramResult result = await runner.RunAsync(Call([.. arguments]), cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Output : throw Failures.PodmanUnavailable(result.Complaint).ToException();
    }

    // Where ip can't tell them, nothing can be written either, and its own failure says why.
    private async Task<ImmutableArray<HostInterface>> ReadInterfacesAsync(CancellationToken cancellationToken)
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
