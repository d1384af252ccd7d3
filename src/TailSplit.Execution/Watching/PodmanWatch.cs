using System.Threading.Channels;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Model;
using TailSplit.Execution.Containers;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Reports the networks that Podman creates and removes. <c>podman events</c> has them since Podman 5.4; before that,
/// netavark's folder changes. In both cases Podman is then asked for its networks, and the difference is reported.
/// </summary>
internal sealed class PodmanWatch : IDisposable
{
    private readonly Machine _machine;
    private readonly ChannelWriter<WatchSignal> _signals;
    private readonly WatchTimes _times;
    private readonly EngineBreaker _breaker;
    private readonly Podman _podman;
    private readonly RestartingMonitor _events;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _news = new(0);
    private Dictionary<string, string>? _known;

    /// <param name="machine">Reaches the host.</param>
    /// <param name="breaker">Records whether Podman answers.</param>
    /// <param name="signals">Receives a signal for each network.</param>
    /// <param name="times">The intervals.</param>
    public PodmanWatch(
        Machine machine, EngineBreaker breaker, ChannelWriter<WatchSignal> signals, WatchTimes times)
    {
        (_machine, _breaker, _signals, _times) = (machine, breaker, signals, times);
        _podman = new Podman(machine.Programs);
        _events = new RestartingMonitor(
            machine.Programs, signals, times, EventProgram.OfEngine("Podman", _podman.Events, Read, ReadNetworksAsync));
    }

    /// <summary>Listens until it is cancelled. Podman does not run before it is used on this host.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (!Podman.IsUsed(_machine))
        {
            // Every network created from now on is new.
            _known = [];
            await Task.Delay(_times.FolderPoll, cancellationToken).ConfigureAwait(false);
        }

        await Task.WhenAll(_events.RunAsync(cancellationToken), WatchFolderAsync(cancellationToken))
            .ConfigureAwait(false);
    }

    public void Dispose()
    {
        _turn.Dispose();
        _news.Dispose();
    }

    private WatchSignal? Read(string line)
    {
        if (_podman.ReadEvent(line) is NetworkEvent { IsCreation: true } or NetworkEvent { IsRemoval: true })
            _news.Release();

        return null;
    }

    private async Task WatchFolderAsync(CancellationToken cancellationToken)
    {
        string before = ReadFolder();
        while (true)
        {
            bool told = await _news.WaitAsync(_times.FolderPoll, cancellationToken).ConfigureAwait(false);
            string now = ReadFolder();
            if (told || now != before)
                await TryLookAsync(cancellationToken).ConfigureAwait(false);

            before = now;
        }
    }

    // The file of a network that was recreated under its name has another id.
    private string ReadFolder()
    {
        try
        {
            return string.Join('\n', _machine.Files.List(Podman.NetworkFolder)
                .Where(name => name.EndsWith(".json", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => _machine.Files.Read($"{Podman.NetworkFolder}/{name}")));
        }
        catch (TailSplitException)
        {
            return "";
        }
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadNetworksAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException)
        {
            // The monitor of the events checks Podman periodically, and reports the failure.
        }
    }

    private async Task ReadNetworksAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Dictionary<string, string> now = [];
            foreach (DockerNetwork network
                in await _podman.ReadNetworksAsync([], cancellationToken).ConfigureAwait(false))
                now[network.Id] = network.Name;

            // A repair has reported that Podman hangs.
            if (_breaker.Close(Podman.Program) && !_events.IsLost)
                _signals.TryWrite(new WatchSignal(WatchKind.SourceFound, "Podman answers again."));

            Signal(WatchKind.NetworkRemoved, "Podman removed the network.", _known ?? now, now);
            Signal(WatchKind.NetworkCreated, "Podman created the network.", now, _known ?? now);
            _known = now;
        }
        catch (TailSplitException e)
        {
            _breaker.RecordTimeout(e.Failure);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Signal(
        WatchKind kind, string detail, Dictionary<string, string> these, Dictionary<string, string> others)
    {
        foreach (KeyValuePair<string, string> network in these.Where(network => !others.ContainsKey(network.Key)))
            _signals.TryWrite(new WatchSignal(kind, detail) { Network = network.Value });
    }
}
