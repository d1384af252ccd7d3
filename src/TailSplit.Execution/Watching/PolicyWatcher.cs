using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Holds policies in force: whenever Docker, the kernel or a file tells of a change, it looks, and repairs what is not
/// as it should be. It keeps nothing closed by itself: if it dies, the rules stay as they are.
/// </summary>
/// <param name="runner">Reaches the host.</param>
/// <param name="sources">Where it is said what shall be. What is in force besides is held as well.</param>
/// <param name="times">How long it waits for what.</param>
/// <param name="clock">Dates events.</param>
public sealed class PolicyWatcher(
    IProgramRunner runner, IReadOnlyCollection<SyncSource> sources, WatchTimes times, TimeProvider clock)
{
    private readonly Channel<Sighting> _sightings = Channel.CreateUnbounded<Sighting>(new() { SingleReader = true });
    private readonly PolicyKeeper _keeper = new(runner, sources, clock);

    /// <summary>Watches until it is cancelled, and tells of each thing that it saw and did.</summary>
    public async IAsyncEnumerable<WatchEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Before the first look, so that nothing happens between it and them.
        Task listening = ListenAsync(end.Token);
        try
        {
            foreach (WatchEvent done in await _keeper.BeginAsync(cancellationToken).ConfigureAwait(false))
                yield return done;

            yield return Event(WatchKind.Started, WatchOutcome.None, "Watching.");
            Truce truce = new(times, clock);
            int failures = _keeper.Succeeded ? 0 : 1;
            while (true)
            {
                TimeSpan retry = failures == 0 ? times.Check : times.PauseAfter(failures + 1, times.LongestTruce);
                IReadOnlyList<Sighting> seen = await CollectAsync(
                    truce.Pause, retry, cancellationToken).ConfigureAwait(false);
                foreach (Sighting news in seen.Where(sighting => sighting.IsNews))
                    yield return Event(news.Kind, WatchOutcome.None, news.Detail) with { Network = news.Network };

                // What is most telling stands for all that came at once.
                Sighting reason = seen.OrderBy(sighting => sighting.Kind).FirstOrDefault()
                    ?? new Sighting(WatchKind.Checked);
                foreach (WatchEvent done in await _keeper.KeepAsync(
                    reason.Kind, reason.Network, cancellationToken).ConfigureAwait(false))
                    yield return done;

                failures = _keeper.Succeeded ? 0 : failures + 1;
                bool drifted = _keeper.HasRepaired
                    && reason.Kind is WatchKind.RoutingChanged or WatchKind.FirewallChanged;
                if (drifted && truce.Repaired())
                {
                    yield return Event(reason.Kind, WatchOutcome.Delayed, string.Create(
                        CultureInfo.InvariantCulture,
                        $"Something undoes the repairs again and again; the next is {truce.Pause.TotalSeconds:0.#} s away."));
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
        Follower follower = new(runner, _sightings.Writer, times);
        FirewallSource firewall = new(runner, _sightings.Writer, times, () => _keeper.Host);
        await Task.WhenAll(
        [
            Task.Run(() => NetworkSource.RunAsync(follower, runner, cancellationToken), cancellationToken),
            Task.Run(() => RoutingSource.RunAsync(follower, cancellationToken), cancellationToken),
            Task.Run(() => firewall.RunAsync(follower, cancellationToken), cancellationToken),
            .. sources
                .OfType<FileSource>()
                .Select(source => FileSourceWatch.RunAsync(source.Path, _sightings.Writer, times, cancellationToken)),
        ]).ConfigureAwait(false);
    }

    /// <summary>
    /// What was seen, once it has been quiet for a moment; nothing, where it was quiet for as long as one may go
    /// without a look.
    /// </summary>
    private async Task<IReadOnlyList<Sighting>> CollectAsync(
        TimeSpan pause, TimeSpan longest, CancellationToken cancellationToken)
    {
        List<Sighting> seen = [];
        long start = clock.GetTimestamp();
        if (!await WaitAsync(longest, cancellationToken).ConfigureAwait(false))
            return seen;

        long first = clock.GetTimestamp();
        while (true)
        {
            while (_sightings.Reader.TryRead(out Sighting? sighting))
                seen.Add(sighting);

            TimeSpan truce = seen.Exists(sighting => sighting.IsUrgent)
                ? TimeSpan.Zero
                : pause - clock.GetElapsedTime(start);
            TimeSpan burst = times.LongestBurst - clock.GetElapsedTime(first);
            TimeSpan wait = truce > times.Quiet ? truce : burst < times.Quiet ? burst : times.Quiet;
            if (wait <= TimeSpan.Zero || !await WaitAsync(wait, cancellationToken).ConfigureAwait(false))
                return seen;
        }
    }

    // False where nothing came in that time.
    private async Task<bool> WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        try
        {
            return await _sightings.Reader.WaitToReadAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private WatchEvent Event(WatchKind kind, WatchOutcome outcome, string detail) =>
        new(clock.GetLocalNow(), kind, outcome, detail);
}
