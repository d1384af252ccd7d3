using System.Diagnostics;
using System.Threading.Channels;
using TailSplit.Core;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Runs a program that reports changes, and restarts it whenever it ends, after a pause that grows. It reports the
/// end of the program, and that the program answers again.
/// </summary>
internal sealed class RestartingMonitor(
    IProgramRunner runner, ChannelWriter<WatchSignal> signals, WatchTimes times, EventProgram source)
{
    // A program that ended this often counts as running only after a while.
    private const int UnstableEnds = 3;

    private readonly Lock _gate = new();
    private CancellationTokenSource? _running;
    private Failure? _reason;
    private long _lines;
    private volatile bool _isLost;
    private volatile bool _hasTold;
    private int _ends;

    /// <summary>How many lines the program has printed, over all starts.</summary>
    public long Lines => Interlocked.Read(ref _lines);

    /// <summary>Whether the end of the program was reported, and its return not yet.</summary>
    public bool IsLost => _isLost;

    /// <summary>Whether the program runs now.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_gate)
                return _running is not null;
        }
    }

    /// <summary>Whether the program runs now and has printed a line since its start.</summary>
    public bool HasTold => _hasTold && IsRunning;

    /// <summary>Restarts a program that runs but does not report what it should.</summary>
    public void Restart(Failure reason)
    {
        lock (_gate)
        {
            if (_running is null)
                return;

            _reason = reason;
            _running.Cancel();
        }
    }

    /// <summary>Runs the program until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        int failures = 0;
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            bool started = false;
            try
            {
                ProgramCall call = source.Call();
                if (source.Check is not null)
                    await source.Check(cancellationToken).ConfigureAwait(false);

                started = true;
                await FollowAsync(call, failures > 0, cancellationToken).ConfigureAwait(false);
                Lose("It ended.");
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e)
            {
                // Any exception counts as the end of the program: a watcher must not stop without a report.
                Lose(e.Message);
            }

            bool lasted = Stopwatch.GetElapsedTime(start) > times.Stable;
            failures = lasted ? 1 : failures + 1;
            _ends = lasted ? 1 : started ? _ends + 1 : _ends;
            await Task.Delay(
                times.PauseAfter(failures, _ends >= UnstableEnds ? times.LongestBackoff : times.LongestPause),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task FollowAsync(ProgramCall call, bool again, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_gate)
            (_running, _reason) = (end, null);

        _hasTold = false;
        // Changes while the program did not run were not reported, so a check must find them.
        if (again)
            signals.TryWrite(new WatchSignal(WatchKind.Checked));

        Task proof = ProveAsync(end.Token);
        Task checks = CheckAsync(end.Token);
        try
        {
            await foreach (string line in runner.FollowAsync(call, end.Token).ConfigureAwait(false))
            {
                Interlocked.Increment(ref _lines);
                _hasTold = true;
                if (source.Read(line) is WatchSignal signal)
                    signals.TryWrite(signal);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && _reason is not null)
        {
            throw _reason.ToException();
        }
        finally
        {
            lock (_gate)
                _running = null;

            await end.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(proof, checks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A program that has started may still end at once.
    private async Task ProveAsync(CancellationToken cancellationToken)
    {
        if (!_isLost)
            return;

        bool unstable = _ends >= UnstableEnds;
        if (unstable || source.Check is null)
            await Task.Delay(unstable ? times.Stable : times.Proof, cancellationToken).ConfigureAwait(false);

        _isLost = false;
        signals.TryWrite(new WatchSignal(WatchKind.SourceFound, $"{source.Name} answers again."));
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        while (source.Check is not null)
        {
            await Task.Delay(times.Heartbeat, cancellationToken).ConfigureAwait(false);
            try
            {
                await source.Check(cancellationToken).ConfigureAwait(false);
            }
            catch (TailSplitException e)
            {
                Restart(e.Failure);
                return;
            }
        }
    }

    private void Lose(string reason)
    {
        if (_isLost)
            return;

        _isLost = true;
        signals.TryWrite(new WatchSignal(
            WatchKind.SourceLost,
            $"{source.Name} does not answer: {reason} The watcher tries again. Meanwhile {source.Meanwhile}."));
    }
}
