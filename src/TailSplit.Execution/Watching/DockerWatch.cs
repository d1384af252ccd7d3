using System.Threading.Channels;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Execution.Containers;

namespace TailSplit.Execution.Watching;

/// <summary>Reports the networks that Docker creates and removes, by <c>docker events</c>.</summary>
internal sealed class DockerWatch
{
    private readonly Machine _machine;
    private readonly ChannelWriter<WatchSignal> _signals;
    private readonly WatchTimes _times;
    private readonly Docker _docker;
    private readonly EngineBreaker _breaker;
    private readonly RestartingMonitor _events;
    private string? _before;
    private long _linesBefore;

    /// <param name="machine">Reaches the host.</param>
    /// <param name="breaker">Records whether Docker answers.</param>
    /// <param name="signals">Receives a signal for each network.</param>
    /// <param name="times">The intervals.</param>
    public DockerWatch(
        Machine machine, EngineBreaker breaker, ChannelWriter<WatchSignal> signals, WatchTimes times)
    {
        (_machine, _signals, _times, _breaker) = (machine, signals, times, breaker);
        _docker = new Docker(machine.Programs);
        _events = new RestartingMonitor(
            machine.Programs, signals, times, EventProgram.OfEngine("Docker", _docker.Events, Read, CheckAsync));
    }

    /// <summary>Listens until it is cancelled. It returns at once on a host with only Podman.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        if (!_machine.Programs.IsInstalled(Podman.Program)
            || await HasDockerAsync(cancellationToken).ConfigureAwait(false))
            await _events.RunAsync(cancellationToken).ConfigureAwait(false);
        else
            _breaker.Ignore(Docker.Program);
    }

    // A Docker that does not answer is installed all the same.
    private async Task<bool> HasDockerAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await new HostEngines(_machine).GetDockerInfoAsync(cancellationToken).ConfigureAwait(false)
                is not null;
        }
        catch (TailSplitException)
        {
            return true;
        }
    }

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
            _breaker.RecordTimeout(e.Failure);
            throw;
        }

        // A repair has reported that Docker hangs. What it could not ask Docker then is asked now.
        if (_breaker.Close(Docker.Program) && !_events.IsLost)
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

    private WatchSignal? Read(string line)
    {
        return _docker.ReadEvent(line) switch
        {
            { IsCreation: true } network =>
                new WatchSignal(WatchKind.NetworkCreated, "Docker created the network.") { Network = network.Network },
            { IsRemoval: true } network =>
                new WatchSignal(WatchKind.NetworkRemoved, "Docker removed the network.") { Network = network.Network },
            _ => null,
        };
    }
}
