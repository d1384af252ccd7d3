using System.Threading.Channels;
using TailSplit.Core;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Reads what a monitor reports as well, as text that is compared with that of before and nothing else: seldom while
/// the monitor reports changes, often while it does not. A monitor that a change has passed by is started again.
/// </summary>
/// <param name="signals">Where to tell.</param>
/// <param name="times">How often.</param>
/// <param name="monitor">What should report each change.</param>
/// <param name="kind">What a change is.</param>
internal sealed class ChangePoll(
    ChannelWriter<WatchSignal> signals, WatchTimes times, Follower monitor, WatchKind kind)
{
    /// <summary>Reads until it is cancelled.</summary>
    /// <param name="read">Reads the text.</param>
    /// <param name="isTold">Whether the monitor is one that tells, as far as that is known.</param>
    /// <param name="looksFirst">Whether the first reading, before which nobody knows what was, has all looked at.</param>
    /// <param name="cancellationToken">Ends it.</param>
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
                // The look that follows reads the same, and reports it.
                signals.TryWrite(new WatchSignal(kind));
            }

            (linesBefore, wasTold) = (lines, told);
            await RestAsync(isTold, cancellationToken).ConfigureAwait(false);
        }
    }

    // A line may be on its way.
    private async Task SuspectAsync(long lines, CancellationToken cancellationToken)
    {
        if (monitor.Lines == lines)
            await Task.Delay(times.Proof, cancellationToken).ConfigureAwait(false);

        if (monitor.Lines == lines)
            monitor.Restart(Failures.ChangeMissed());
    }

    // In short steps, since the monitor may end meanwhile.
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
