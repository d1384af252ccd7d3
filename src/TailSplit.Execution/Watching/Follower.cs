using System.Diagnostics;
using System.Threading.Channels;
using TailSplit.Core;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Follows a program that reports changes. However it ends, it is started again, ever more patiently, and its end is
/// reported, as is that it reports changes again.
/// </summary>
internal sealed class Follower(
    IProgramRunner runner, ChannelWriter<WatchSignal> signals, WatchTimes times, EventProgram source)
{
    // One that has ended so often has to run for a while before it is trusted again.
    private const int Suspected = 3;

    private readonly Lock _gate = new();
    private CancellationTokenSource? _running;
    private Failure? _reason;
    private long _lines;
    private volatile bool _isLost;
    private volatile bool _hasTold;
    private int _ends;

    /// <summary>How many lines it has printed, over all starts.</summary>
    public long Lines => Interlocked.Read(ref _lines);

    /// <summary>Whether its loss was reported, and not yet its return.</summary>
    public bool IsLost => _isLost;

    /// <summary>Whether it runs now.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_gate)
                return _running is not null;
        }
    }

    /// <summary>Whether it runs now and has printed a line since it was started.</summary>
    public bool HasTold => _hasTold && IsRunning;

    /// <summary>Ends the program, which did not do what it is there for, and has it started again.</summary>
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

    /// <summary>Follows until it is cancelled.</summary>
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
                Lose($"it ended");
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e)
            {
                // Whatever it is, a source that has ended in silence would be missed by nobody.
                Lose(e.Message);
            }

            bool lasted = Stopwatch.GetElapsedTime(start) > times.Stable;
            failures = lasted ? 1 : failures + 1;
            _ends = lasted ? 1 : started ? _ends + 1 : _ends;
            await Task.Delay(
                times.PauseAfter(failures, _ends >= Suspected ? times.LongestBackoff : times.LongestPause),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task FollowAsync(ProgramCall call, bool again, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_gate)
            (_running, _reason) = (end, null);

        _hasTold = false;
        // What was not reported meanwhile has to be looked for.
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

    // That it was started says little: it may end at once.
    private async Task ProveAsync(CancellationToken cancellationToken)
    {
        if (!_isLost)
            return;

        bool doubtful = _ends >= Suspected;
        if (doubtful || source.Check is null)
            await Task.Delay(doubtful ? times.Stable : times.Proof, cancellationToken).ConfigureAwait(false);

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
            WatchKind.SourceLost, $"{source.Name} does not answer: {reason} It is tried again; {source.Meanwhile}."));
    }
}
