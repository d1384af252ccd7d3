using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using TailSplit.Core.Hosts;
using TailSplit.Execution.Labels;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Keeps policies in force: when a container engine, the kernel or a file reports a change, it reads the host and
/// repairs the rules. It does not block packets itself: if it dies, the rules stay as they are.
/// </summary>
/// <param name="machine">Reaches the host.</param>
/// <param name="sources">The sources of wanted policies. Other policies in force are repaired too.</param>
/// <param name="times">The intervals and limits.</param>
/// <param name="clock">The time of events.</param>
public sealed class PolicyWatcher(
    Machine machine, IReadOnlyCollection<PolicySource> sources, WatchTimes times, TimeProvider clock)
{
    private readonly Channel<WatchSignal> _signals =
        Channel.CreateUnbounded<WatchSignal>(new() { SingleReader = true });
    private readonly EngineBreaker _engines = new(machine.Programs);
    private volatile Host? _host;

    /// <summary>Watches until it is cancelled, and reports each change that it saw and each repair.</summary>
    public async IAsyncEnumerable<WatchEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PolicyKeeper keeper = new(machine with { Programs = _engines }, sources, clock);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Starts before the first round, so that no change is missed between the two.
        Task listening = ListenAsync(end.Token);
        try
        {
            WatchRound look = await keeper.BeginAsync(cancellationToken).ConfigureAwait(false);
            foreach (WatchEvent done in look.Events)
                yield return done;

            yield return Event(WatchKind.Started, WatchOutcome.None, "Watching.");
            Backoff backoff = new(times, clock);
            int failures = look.Succeeded ? 0 : 1;
            while (true)
            {
                _host = look.Host ?? _host;
                TimeSpan retry = failures == 0 ? times.Check : times.PauseAfter(failures + 1, times.LongestBackoff);
                IReadOnlyList<WatchSignal> seen = await CollectAsync(
                    backoff.Pause, retry, cancellationToken).ConfigureAwait(false);
                foreach (WatchSignal news in seen.Where(signal => signal.IsNews))
                    yield return Event(news.Kind, WatchOutcome.None, news.Detail) with { Network = news.Network };

                // The most specific signal stands for all signals that came together.
                WatchSignal reason = seen.OrderBy(signal => signal.Kind).FirstOrDefault()
                    ?? new WatchSignal(WatchKind.Checked);
                look = await keeper.KeepAsync(reason.Kind, reason.Network, cancellationToken).ConfigureAwait(false);
                foreach (WatchEvent done in look.Events)
                    yield return done;

                failures = look.Succeeded ? 0 : failures + 1;
                bool drifted = look.HasRepaired
                    && reason.Kind is WatchKind.RoutingChanged or WatchKind.FirewallChanged;
                if (drifted && backoff.Repaired())
                {
                    yield return Event(reason.Kind, WatchOutcome.Delayed, string.Create(
                        CultureInfo.InvariantCulture,
                        $"Another program keeps undoing the repairs. The next repair is in " +
                        $"{backoff.Pause.TotalSeconds:0.#} s at the earliest."));
                }
            }
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        ChannelWriter<WatchSignal> signals = _signals.Writer;
        DockerWatch docker = new(machine, _engines, signals, times);
        using PodmanWatch podman = new(machine, _engines, signals, times);
        RoutingWatch routing = new(machine, signals, times);
        FirewallWatch firewall = new(machine, signals, times, () => _host);
        TailscaleWatch tailscale = new(machine.Programs, signals, times, () => _host);
        await Task.WhenAll(
        [
            SuperviseAsync("The watch of Docker", docker.ListenAsync, cancellationToken),
            SuperviseAsync("The watch of Podman", podman.ListenAsync, cancellationToken),
            SuperviseAsync("The monitor of ip rules", routing.ListenAsync, cancellationToken),
            SuperviseAsync("The poll of ip rules", routing.PollAsync, cancellationToken),
            SuperviseAsync("The monitor of nf_tables", firewall.ListenAsync, cancellationToken),
            SuperviseAsync("The poll of the firewall", firewall.PollAsync, cancellationToken),
            SuperviseAsync("The poll of Tailscale", tailscale.PollAsync, cancellationToken),
            .. sources
                .OfType<FileSource>()
                .Select(source => SuperviseAsync(
                    $"The watch of {source.Path}",
                    stop => PolicyFileWatch.RunAsync(source.Path, signals, times, stop),
                    cancellationToken)),
        ]).ConfigureAwait(false);
    }

    // A watch that fails for an unexpected reason is reported and restarted.
    private async Task SuperviseAsync(
        string name, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        for (int failures = 1; ; failures++)
        {
            try
            {
                await Task.Run(() => run(cancellationToken), cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                _signals.Writer.TryWrite(new WatchSignal(
                    WatchKind.SourceLost, $"{name} failed and restarts: {e.Message}"));
            }

            await Task.Delay(times.PauseAfter(failures, times.LongestBackoff), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The signals received until none comes for a moment; empty if none came within <paramref name="longest"/>, when a
    /// check is due anyway.
    /// </summary>
    private async Task<IReadOnlyList<WatchSignal>> CollectAsync(
        TimeSpan pause, TimeSpan longest, CancellationToken cancellationToken)
    {
        List<WatchSignal> seen = [];
        long start = clock.GetTimestamp();
        if (!await WaitAsync(longest, cancellationToken).ConfigureAwait(false))
            return seen;

        long first = clock.GetTimestamp();
        while (true)
        {
            while (_signals.Reader.TryRead(out WatchSignal? signal))
                seen.Add(signal);

            TimeSpan rest = seen.Exists(signal => signal.IsUrgent)
                ? TimeSpan.Zero
                : pause - clock.GetElapsedTime(start);
            TimeSpan burst = times.LongestBurst - clock.GetElapsedTime(first);
            TimeSpan wait = rest > times.Quiet ? rest : burst < times.Quiet ? burst : times.Quiet;
            if (wait <= TimeSpan.Zero || !await WaitAsync(wait, cancellationToken).ConfigureAwait(false))
                return seen;
        }
    }

    // False if no signal came in that time.
    private async Task<bool> WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        try
        {
            return await _signals.Reader.WaitToReadAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private WatchEvent Event(WatchKind kind, WatchOutcome outcome, string detail) =>
        new(clock.GetLocalNow(), kind, outcome, detail);
}
