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
        ProgramResult list = await runner
            .RunAsync(new ProgramCall("docker", "network", "ls", "--quiet", "--no-trunc"), cancellationToken)
            .ConfigureAwait(false);
        if (!list.Succeeded)
            throw Failures.DockerUnavailable(list.Complaint).ToException();

        string[] ids = list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // A network can go between the two calls; the others are printed all the same.
        ImmutableArray<DockerNetwork> networks = ids.Length == 0 ? [] : await InspectAsync(ids, cancellationToken).ConfigureAwait(false);
        return [.. networks.OrderBy(network => network.Name, StringComparer.Ordinal)];
    }

    /// <summary>The network of exactly this name or id; null where Docker has none.</summary>
    /// <exception cref="TailSplitException">NotInstalled, DockerUnavailable or UnreadableOutput.</exception>
    public async Task<DockerNetwork?> FindNetworkAsync(string name, CancellationToken cancellationToken)
    {
        ImmutableArray<DockerNetwork> networks = await InspectAsync([name], cancellationToken).ConfigureAwait(false);
        // docker takes the beginning of an id as well, which is no way to name what must not leak.
        return networks.FirstOrDefault(network => network.Name == name || network.Id == name);
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
