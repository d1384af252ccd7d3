using System.Threading.Channels;
using TailSplit.Core;
using TailSplit.Core.Errors;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Polls what a monitor should report, and compares the text with that of the last poll: rarely while the monitor
/// reports changes, often while it does not. A monitor that missed a change is restarted.
/// </summary>
/// <param name="signals">Receives a signal for each change.</param>
/// <param name="times">The intervals.</param>
/// <param name="monitor">The monitor that should report each change.</param>
/// <param name="kind">The kind of the signal.</param>
internal sealed class ChangePoll(
    ChannelWriter<WatchSignal> signals, WatchTimes times, RestartingMonitor monitor, WatchKind kind)
{
    /// <summary>Polls until it is cancelled.</summary>
    /// <param name="read">Reads the text.</param>
    /// <param name="isTold">Whether the monitor is known to report changes.</param>
    /// <param name="looksFirst">Whether the first poll, which has nothing to compare with, requests a check.</param>
    /// <param name="cancellationToken">Ends the polling.</param>
    public async Task RunAsync(
        Func<CancellationToken, Task<string>> read,
        Func<bool> isTold,
        bool looksFirst,
        CancellationToken cancellationToken)
    {
        string? before = null;
        long linesBefore = 0;
        bool wasTold = false;
        while (true)
        {
            long lines = monitor.Lines;
            bool told = isTold();
            try
            {
                string now = await read(cancellationToken).ConfigureAwait(false);
                if (before is null)
                {
                    if (looksFirst)
                        signals.TryWrite(new WatchSignal(WatchKind.Checked));
                }
                else if (before != now)
                {
                    signals.TryWrite(new WatchSignal(kind));
                    if (told && wasTold)
                        await SuspectAsync(linesBefore, cancellationToken).ConfigureAwait(false);
                }

                before = now;
            }
            catch (TailSplitException)
            {
                // The check that follows reads the same, and reports the failure.
                signals.TryWrite(new WatchSignal(kind));
            }

            (linesBefore, wasTold) = (lines, told);
            await RestAsync(isTold, cancellationToken).ConfigureAwait(false);
        }
    }

    // The line of the monitor may still be on its way.
    private async Task SuspectAsync(long lines, CancellationToken cancellationToken)
    {
        if (monitor.Lines == lines)
            await Task.Delay(times.Proof, cancellationToken).ConfigureAwait(false);

        if (monitor.Lines == lines)
            monitor.Restart(Failures.ChangeMissed());
    }

    // Waits in short steps, since the monitor may end meanwhile.
    private async Task RestAsync(Func<bool> isTold, CancellationToken cancellationToken)
    {
        TimeSpan rested = TimeSpan.Zero;
        do
        {
            await Task.Delay(times.Poll, cancellationToken).ConfigureAwait(false);
            rested += times.Poll;
        }
        while (rested < times.SlowPoll && isTold());
    }
}
