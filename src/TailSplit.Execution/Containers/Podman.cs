using System.Collections.Immutable;
using System.Globalization;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Errors;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;
using TailSplit.Execution.Routing;

namespace TailSplit.Execution.Containers;

/// <summary>
/// Podman as root, by its command line. The networks of rootless Podman are in a network namespace of the user, which
/// the rules of the host do not reach, so Podman always runs as root.
/// </summary>
public sealed class Podman(IProgramRunner runner) : IContainerEngine
{
    internal const string Program = "podman";

    /// <summary>The folder with a file for each network except the default one (podman-network(1)).</summary>
    internal const string NetworkFolder = "/etc/containers/networks";

    /// <summary>Paths that exist once Podman has run as root, since boot or ever (podman(1): tmpdir, root).</summary>
    internal static ImmutableArray<string> Traces { get; } =
        ["/run/libpod", NetworkFolder, "/var/lib/containers/storage"];

    public ContainerEngine Kind => ContainerEngine.Podman;

    /// <summary>
    /// Whether Podman is installed and has ever run as root. If not, it has no network and must not run, since its
    /// first run creates folders.
    /// </summary>
    public static bool IsUsed(Machine machine) =>
        machine.Programs.IsInstalled(Program) && Traces.Any(machine.Files.Exists);

    /// <inheritdoc/>
    public Task<ImmutableArray<DockerNetwork>> GetNetworksAsync(CancellationToken cancellationToken) =>
        ListNetworksAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<ImmutableArray<DockerNetwork>> ListNetworksAsync(CancellationToken cancellationToken)
    {
        Task<string> list = RunAsync(cancellationToken, "network", "ls", "--format", "json");
        // The list of networks does not name containers.
        Task<string> containers = RunAsync(cancellationToken, "ps", "--format", "json");
        Task<ImmutableArray<HostInterface>> interfaces = new IpRoute(runner).TryReadInterfacesAsync(cancellationToken);
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
    public async Task<ImmutableArray<DockerNetwork>> ReadNetworksAsync(
        IReadOnlyCollection<DockerNetwork> known, CancellationToken cancellationToken) =>
        PodmanNetworkJson.Parse(
            await RunAsync(cancellationToken, "network", "ls", "--format", "json").ConfigureAwait(false),
            PodmanContainerJson.Members("[]"));

    /// <inheritdoc/>
    public async Task<DockerNetwork?> FindNetworkAsync(string name, CancellationToken cancellationToken) =>
        Docker.Pick(name, await ListNetworksAsync(cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<ImmutableArray<DockerContainer>> GetContainersAsync(CancellationToken cancellationToken)
    {
        Task<ImmutableArray<DockerNetwork>> networks = ReadNetworksAsync([], cancellationToken);
        Task<string> list = RunAsync(cancellationToken, "ps", "--quiet", "--no-trunc");
        await Task.WhenAll(networks, list).ConfigureAwait(false);
        string[] ids = (await list.ConfigureAwait(false)).Split(
            '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (ids.Length == 0)
            return [];

        // If a container ends between the two calls, podman still prints the others.
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
        (await ReadNetworksAsync([], cancellationToken).ConfigureAwait(false))
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

    // Ignores CONTAINER_HOST and containers.conf: the networks of a remote service are not on this host.
    private static ProgramCall Call(ImmutableArray<string> arguments) =>
        new(Program, ["--remote=false", .. arguments]) { NeedsRoot = true };

    private async Task<string> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        ProgramResult result = await runner.RunAsync(Call([.. arguments]), cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Output : throw Failures.PodmanUnavailable(result.Complaint).ToException();
    }
}
