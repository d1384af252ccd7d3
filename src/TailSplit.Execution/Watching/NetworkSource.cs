using System.Globalization;
using System.Threading.Channels;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Watching;

/// <summary>Networks that Docker makes and removes, by <c>docker events</c>.</summary>
internal sealed class NetworkSource
{
    // Between two connections to the daemon nothing may be missed; what is told twice is harmless.
    private static readonly TimeSpan s_overlap = TimeSpan.FromSeconds(1);

    private readonly ChannelWriter<WatchSignal> _signals;
    private readonly WatchTimes _times;
    private readonly Docker _docker;
    private readonly DockerBreaker _breaker;
    private readonly Follower _events;
    private string? _before;
    private long _linesBefore;

    /// <param name="runner">Reaches the host.</param>
    /// <param name="breaker">Told whether Docker answers.</param>
    /// <param name="signals">Where to tell.</param>
    /// <param name="times">How often.</param>
    public NetworkSource(
        IProgramRunner runner, DockerBreaker breaker, ChannelWriter<WatchSignal> signals, WatchTimes times)
    {
        (_signals, _times, _breaker, _docker) = (signals, times, breaker, new Docker(runner));
        _events = new Follower(
            runner, signals, times, new FollowedSource(
                "Docker", Call, Read, "meanwhile rules are put back where they were last")
            { Check = CheckAsync });
    }

    public Task ListenAsync(CancellationToken cancellationToken) => _events.RunAsync(cancellationToken);

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        long lines = _events.Lines;
        string now;
        try
        {
            now = await _docker.CheckAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e)
        {
            _before = null;
            _breaker.Heed(e.Failure);
            throw;
        }

        // A repair found out that Docker hangs, and said so. What was not asked meanwhile is asked now.
        if (_breaker.Close() && !_events.IsLost)
            _signals.TryWrite(new WatchSignal(WatchKind.SourceFound, "Docker answers again."));

        if (_events.IsRunning && _before is not null && _before != now && _events.Lines == _linesBefore)
        {
            await Task.Delay(_times.Proof, cancellationToken).ConfigureAwait(false);
            if (_events.Lines == _linesBefore)
            {
                _before = null;
                throw Failures.ChangeMissed().ToException();
            }
        }

        (_before, _linesBefore) = (now, lines);
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

    private static WatchSignal? Read(string line)
    {
        if (!NetworkEvent.TryParse(line, out NetworkEvent? network))
            return null;

        return network switch
        {
            { IsCreation: true } =>
                new WatchSignal(WatchKind.NetworkCreated, "Docker made the network.") { Network = network.Network },
            { IsRemoval: true } =>
                new WatchSignal(WatchKind.NetworkRemoved, "Docker removed the network.") { Network = network.Network },
            _ => null,
        };
    }
}
