using System.Collections.Immutable;
using System.Globalization;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Containers;

/// <summary>Docker, by its command line, which applies DOCKER_HOST and contexts.</summary>
public sealed class Docker(IProgramRunner runner) : IContainerEngine
{
    internal const string Program = "docker";

    // Debian's package podman-docker prints this first, whether or not the command succeeds.
    private const string Emulation = "Emulate Docker CLI using podman";

    private Task<DockerSurroundings>? _surroundings;

    public ContainerEngine Kind => ContainerEngine.Docker;

    /// <summary>All networks of this host's own daemon, by name, compared with the interfaces of this host.</summary>
    /// <exception cref="TailSplitException">
    /// NotInstalled, DockerUnavailable, DockerIsPodman, UnreadableOutput, or ForeignDocker: it is of another host.
    /// </exception>
    public async Task<ImmutableArray<DockerNetwork>> GetNetworksAsync(CancellationToken cancellationToken)
    {
        (ImmutableArray<DockerNetwork> networks, string? foreign) =
            await ExamineAsync(cancellationToken).ConfigureAwait(false);
        // A foreign daemon without networks is an error too.
        return foreign is null ? networks : throw Failures.ForeignDocker(foreign).ToException();
    }

    /// <summary>All networks of any daemon; each says whether it can have a policy.</summary>
    /// <exception cref="TailSplitException">
    /// NotInstalled, DockerUnavailable, DockerIsPodman or UnreadableOutput.
    /// </exception>
    public async Task<ImmutableArray<DockerNetwork>> ListNetworksAsync(CancellationToken cancellationToken) =>
        (await ExamineAsync(cancellationToken).ConfigureAwait(false)).Networks;

    private async Task<(ImmutableArray<DockerNetwork> Networks, string? Foreign)> ExamineAsync(
        CancellationToken cancellationToken)
    {
        Task<ImmutableArray<DockerNetwork>> reading = ReadNetworksAsync([], cancellationToken);
        DockerSurroundings surroundings = await ReadSurroundingsAsync(reading, cancellationToken).ConfigureAwait(false);
        ImmutableArray<DockerNetwork> networks = await reading.ConfigureAwait(false);
        string? foreign = surroundings.WhyForeign(networks);
        return ([.. networks.Select(network => surroundings.Examine(network.Among(networks), foreign))], foreign);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<DockerNetwork>> ReadNetworksAsync(
        IReadOnlyCollection<DockerNetwork> known, CancellationToken cancellationToken)
    {
        string[] ids = await ListAsync(["network", "ls"], cancellationToken).ConfigureAwait(false);
        // Docker changes nothing of a network but its containers. Another network has another id.
        DockerNetwork[] kept =
            [.. known.Where(network => network.Engine == Kind && ids.Contains(network.Id, StringComparer.Ordinal))];
        string[] unknown = [.. ids.Except(kept.Select(network => network.Id), StringComparer.Ordinal)];
        // If a network is removed between the two calls, docker still prints the others.
        ImmutableArray<DockerNetwork> networks = unknown.Length == 0
            ? []
            : await InspectAsync(unknown, cancellationToken).ConfigureAwait(false);
        return
        [
            .. networks
                .Concat(kept)
                .OrderBy(network => network.Name, StringComparer.Ordinal)
                .ThenBy(network => network.Id, StringComparer.Ordinal)
        ];
    }

    /// <summary>Checks that the daemon answers. Returns the ids of its networks, as text to compare.</summary>
    /// <exception cref="TailSplitException">NotInstalled, DockerUnavailable or ProgramTimeout.</exception>
    public async Task<string> CheckAsync(CancellationToken cancellationToken)
    {
        string[] ids = await ListAsync(["network", "ls"], cancellationToken).ConfigureAwait(false);
        return string.Join(' ', ids.Order(StringComparer.Ordinal));
    }

    /// <summary>The network with exactly this name or id; null if Docker has none.</summary>
    /// <exception cref="TailSplitException">
    /// As <see cref="GetNetworksAsync"/>, or AmbiguousNetwork: two have this name.
    /// </exception>
    public async Task<DockerNetwork?> FindNetworkAsync(string name, CancellationToken cancellationToken)
    {
        // Only the list shows whether a network given by its id shares its name with another.
        if (IsId(name))
            return Pick(name, await GetNetworksAsync(cancellationToken).ConfigureAwait(false));

        Task<ImmutableArray<DockerNetwork>?> reading = TryInspectAsync(name, cancellationToken);
        DockerSurroundings surroundings = await ReadSurroundingsAsync(reading, cancellationToken).ConfigureAwait(false);
        // If the bridge of a network is not on this host, the other networks show whether the daemon is.
        if (await reading.ConfigureAwait(false) is not ImmutableArray<DockerNetwork> networks
            || networks.Any(surroundings.IsAway))
        {
            return Pick(name, await GetNetworksAsync(cancellationToken).ConfigureAwait(false));
        }

        if (surroundings.WhyForeign(networks) is string foreign)
            throw Failures.ForeignDocker(foreign).ToException();

        // docker also accepts a prefix of an id, which is too ambiguous for a policy.
        return networks
            .Where(network => network.Name == name || network.Id == name)
            .Select(network => surroundings.Examine(network, foreign: null))
            .FirstOrDefault();
    }

    /// <summary>The one of these networks with this name or id; null if none has it.</summary>
    /// <exception cref="TailSplitException">AmbiguousNetwork: two have this name.</exception>
    public static DockerNetwork? Pick(string name, ImmutableArray<DockerNetwork> networks)
    {
        DockerNetwork[] found = [.. networks.Where(network => network.Name == name || network.Id == name)];
        return found.Length > 1
            ? throw Failures.AmbiguousNetwork(name, EngineText.Ids(found)).ToException()
            : found.FirstOrDefault();
    }

    private static bool IsId(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    // Null if two networks have this name: Engine before 25 then prints only that.
    private async Task<ImmutableArray<DockerNetwork>?> TryInspectAsync(
        string name, CancellationToken cancellationToken)
    {
        ProgramCall call = new("docker", "network", "inspect", "--", name);
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return !result.Succeeded && result.Error.Contains("ambiguous", StringComparison.OrdinalIgnoreCase)
            ? null
            : NetworksOf(result);
    }

    // Runs at the same time as the reading of networks. The first failure of the two is thrown.
    private async Task<DockerSurroundings> ReadSurroundingsAsync(Task reading, CancellationToken cancellationToken)
    {
        Task<DockerSurroundings> surroundings = _surroundings ??=
            DockerSurroundings.ReadAsync(runner, this, cancellationToken);
        await Task.WhenAll(reading, surroundings).ConfigureAwait(false);
        return await surroundings.ConfigureAwait(false);
    }

    // Clients before 19.03 have no contexts, and Podman does not know those of Docker.
    internal async Task<string?> FindEndpointAsync(CancellationToken cancellationToken)
    {
        ProgramResult result = await runner
            .RunAsync(new ProgramCall("docker", "context", "inspect"), cancellationToken)
            .ConfigureAwait(false);
        if (result.Succeeded)
            return DockerContextJson.Endpoint(result.Output);

        // A client that died of a signal did not say which endpoint it uses.
        return result.ExitCode > 128
            ? throw Unavailable(result)
            : Environment.GetEnvironmentVariable("DOCKER_HOST");
    }

    /// <summary>The version and settings of the daemon.</summary>
    /// <exception cref="TailSplitException">NotInstalled, DockerUnavailable or UnreadableOutput.</exception>
    public async Task<DockerInfo> GetInfoAsync(CancellationToken cancellationToken)
    {
        ProgramResult result = await runner
            .RunAsync(new ProgramCall("docker", "info", "--format", "{{json .}}"), cancellationToken)
            .ConfigureAwait(false);
        // Without a daemon the client prints its own settings, and exits with 0 or 1, depending on its version.
        return (result.Output.TrimStart().StartsWith('{') ? DockerInfoJson.Parse(result.Output) : null)
            ?? throw Unavailable(result);
    }

    /// <summary>All running containers, by name.</summary>
    /// <exception cref="TailSplitException">NotInstalled, DockerUnavailable or UnreadableOutput.</exception>
    public async Task<ImmutableArray<DockerContainer>> GetContainersAsync(CancellationToken cancellationToken)
    {
        string[] ids = await ListAsync(["ps"], cancellationToken).ConfigureAwait(false);
        if (ids.Length == 0)
            return [];

        ProgramCall call = new("docker", ["container", "inspect", "--", .. ids]);
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        // If a container ends between the two calls, docker still prints the others.
        return result.Succeeded || result.Output.TrimStart().StartsWith('[')
            ? [.. DockerContainerJson.Parse(result.Output).OrderBy(container => container.Name, StringComparer.Ordinal)]
            : throw Unavailable(result);
    }

    private async Task<string[]> ListAsync(string[] command, CancellationToken cancellationToken)
    {
        ProgramResult list = await runner
            .RunAsync(new ProgramCall("docker", [.. command, "--quiet", "--no-trunc"]), cancellationToken)
            .ConfigureAwait(false);
        return list.Succeeded
            ? list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : throw Unavailable(list);
    }

    private async Task<ImmutableArray<DockerNetwork>> InspectAsync(string[] names, CancellationToken cancellationToken)
    {
        ProgramCall call = new("docker", ["network", "inspect", "--", .. names]);
        return NetworksOf(await runner.RunAsync(call, cancellationToken).ConfigureAwait(false));
    }

    private static ImmutableArray<DockerNetwork> NetworksOf(ProgramResult result)
    {
        bool answered = result.Succeeded || result.Output.TrimStart().StartsWith('[');
        return answered
            && (result.Succeeded || result.Error.Contains("not found", StringComparison.OrdinalIgnoreCase)
                || result.Error.Contains("No such network", StringComparison.OrdinalIgnoreCase))
            ? DockerNetworkJson.Parse(result.Output)
            : throw Unavailable(result);
    }

    /// <inheritdoc/>
    public ProgramCall Events(DateTimeOffset since) => new(
        // Not '--format json', which clients before 23 do not know.
        Program, "events", "--since", since.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        "--filter", "type=network", "--filter", "event=create", "--filter", "event=destroy",
        "--format", "{{json .}}");

    /// <inheritdoc/>
    public NetworkEvent? ReadEvent(string line) =>
        NetworkEvent.TryParse(line, out NetworkEvent? network) ? network : null;

    private static TailSplitException Unavailable(ProgramResult result) =>
        (result.Error.Contains(Emulation, StringComparison.Ordinal)
            ? Failures.DockerIsPodman(null)
            : Failures.DockerUnavailable(result.Complaint)).ToException();
}
