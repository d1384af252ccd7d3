using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Execution;

/// <summary>Docker, by its own command line, which knows DOCKER_HOST and contexts.</summary>
public sealed class Docker(IProgramRunner runner)
{
    /// <summary>All networks, by name.</summary>
    /// <exception cref="TailSplitException">NotInstalled, DockerUnavailable or UnreadableOutput.</exception>
    public async Task<ImmutableArray<DockerNetwork>> GetNetworksAsync(CancellationToken cancellationToken)
    {
        string[] ids = await ListAsync(["network", "ls"], cancellationToken).ConfigureAwait(false);
        // A network can go between the two calls; the others are printed all the same.
        ImmutableArray<DockerNetwork> networks = ids.Length == 0
            ? []
            : await InspectAsync(ids, cancellationToken).ConfigureAwait(false);
        return [.. networks.OrderBy(network => network.Name, StringComparer.Ordinal)];
    }

    /// <summary>Returns if the daemon answers: the ids of its networks, as text to compare.</summary>
    /// <exception cref="TailSplitException">NotInstalled, DockerUnavailable or ProgramTimeout.</exception>
    public async Task<string> CheckAsync(CancellationToken cancellationToken)
    {
        string[] ids = await ListAsync(["network", "ls"], cancellationToken).ConfigureAwait(false);
        return string.Join(' ', ids.Order(StringComparer.Ordinal));
    }

    /// <summary>The network of exactly this name or id; null where Docker has none.</summary>
    /// <exception cref="TailSplitException">NotInstalled, DockerUnavailable or UnreadableOutput.</exception>
    public async Task<DockerNetwork?> FindNetworkAsync(string name, CancellationToken cancellationToken)
    {
        ImmutableArray<DockerNetwork> networks = await InspectAsync([name], cancellationToken).ConfigureAwait(false);
        // docker takes the beginning of an id as well, which is no way to name what must not leak.
        return networks.FirstOrDefault(network => network.Name == name || network.Id == name);
    }

    /// <summary>The daemon itself.</summary>
    /// <exception cref="TailSplitException">NotInstalled, DockerUnavailable or UnreadableOutput.</exception>
    public async Task<DockerInfo> GetInfoAsync(CancellationToken cancellationToken)
    {
        ProgramResult result = await runner
            .RunAsync(new ProgramCall("docker", "info", "--format", "{{json .}}"), cancellationToken)
            .ConfigureAwait(false);
        // Without a daemon the client prints what it knows of itself, and, by version, ends with 0 or 1.
        return (result.Output.TrimStart().StartsWith('{') ? DockerInfoJson.Parse(result.Output) : null)
            ?? throw Failures.DockerUnavailable(result.Complaint).ToException();
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
        // A container can end between the two calls; the others are printed all the same.
        return result.Succeeded || result.Output.TrimStart().StartsWith('[')
            ? [.. DockerContainerJson.Parse(result.Output).OrderBy(container => container.Name, StringComparer.Ordinal)]
            : throw Failures.DockerUnavailable(result.Complaint).ToException();
    }

    private async Task<string[]> ListAsync(string[] command, CancellationToken cancellationToken)
    {
        ProgramResult list = await runner
            .RunAsync(new ProgramCall("docker", [.. command, "--quiet", "--no-trunc"]), cancellationToken)
            .ConfigureAwait(false);
        return list.Succeeded
            ? list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : throw Failures.DockerUnavailable(list.Complaint).ToException();
    }

    private async Task<ImmutableArray<DockerNetwork>> InspectAsync(string[] names, CancellationToken cancellationToken)
    {
        ProgramCall call = new("docker", ["network", "inspect", "--", .. names]);
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        bool answered = result.Succeeded || result.Output.TrimStart().StartsWith('[');
        return answered
            && (result.Succeeded || result.Error.Contains("not found", StringComparison.OrdinalIgnoreCase)
                || result.Error.Contains("No such network", StringComparison.OrdinalIgnoreCase))
            ? DockerNetworkJson.Parse(result.Output)
            : throw Failures.DockerUnavailable(result.Complaint).ToException();
    }
}
