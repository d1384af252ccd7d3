using System.Globalization;
using TailSplit.Core.Text;

namespace TailSplit.Execution.Watching;

/// <summary>Networks that Docker makes and removes, by <c>docker events</c>.</summary>
internal static class NetworkSource
{
    // Between two connections to the daemon nothing may be missed; what is told twice is harmless.
    private static readonly TimeSpan s_overlap = TimeSpan.FromSeconds(1);

    public static Task RunAsync(Follower follower, IProgramRunner runner, CancellationToken cancellationToken)
    {
        Docker docker = new(runner);
        return follower.RunAsync(
            Call, Read, async stop => await docker.CheckAsync(stop).ConfigureAwait(false), "Docker", cancellationToken);
    }

    private static ProgramCall Call()
    {
        string since = (DateTimeOffset.UtcNow - s_overlap).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        // Not '--format json', which clients before 23 do not know.
        return new ProgramCall(
            "docker", "events", "--since", since,
            "--filter", "type=network", "--filter", "event=create", "--filter", "event=destroy",
            "--format", "{{json .}}");
    }

    private static Sighting? Read(string line)
    {
        if (!NetworkEvent.TryParse(line, out NetworkEvent? network))
            return null;

        return network switch
        {
            { IsCreation: true } =>
                new Sighting(WatchKind.NetworkCreated, "Docker made the network.") { Network = network.Network },
            { IsRemoval: true } =>
                new Sighting(WatchKind.NetworkRemoved, "Docker removed the network.") { Network = network.Network },
            _ => null,
        };
    }
}
