using System.Diagnostics;
using System.Threading.Channels;
using TailSplit.Core;

namespace TailSplit.Execution.Watching;

/// <summary>Follows a program that tells of changes, and starts it again, ever more patiently, when it ends.</summary>
internal sealed class Follower(IProgramRunner runner, ChannelWriter<Sighting> sightings, WatchTimes times)
{
    private static readonly TimeSpan s_stable = TimeSpan.FromSeconds(5);

    /// <param name="call">The program; asked for anew each time.</param>
    /// <param name="read">What a line says; null for nothing.</param>
    /// <param name="isReady">Whether there is anything to follow; throws where not.</param>
    /// <param name="name">Whose silence it would be.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(
        Func<ProgramCall> call,
        Func<string, Sighting?> read,
        Func<CancellationToken, Task> isReady,
        string name,
        CancellationToken cancellationToken)
    {
        int failures = 0;
        bool told = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            long start = Stopwatch.GetTimestamp();
            try
            {
                ProgramCall next = call();
                await isReady(cancellationToken).ConfigureAwait(false);
                if (told)
                    sightings.TryWrite(new Sighting(WatchKind.SourceFound, $"{name} answers again."));
                else if (failures > 0)
                    sightings.TryWrite(new Sighting(WatchKind.Checked));

                told = false;
                await foreach (string line in runner.FollowAsync(next, cancellationToken).ConfigureAwait(false))
                {
                    if (read(line) is Sighting sighting)
                        sightings.TryWrite(sighting);
                }
            }
            catch (TailSplitException e)
            {
                // A program that is missing will not come by itself.
                if (e.Failure.Kind is FailureKind.NotInstalled)
                {
                    sightings.TryWrite(new Sighting(WatchKind.SourceLost, e.Message));
                    return;
                }

                failures = Stopwatch.GetElapsedTime(start) > s_stable ? 1 : failures + 1;
                // One end may be a hiccup; it is told of once it lasts.
                if (!told && failures > 1)
                {
                    told = true;
                    sightings.TryWrite(new Sighting(WatchKind.SourceLost, $"{name} does not answer: {e.Message}"));
                }
            }

            await Task.Delay(times.PauseAfter(failures, times.LongestPause), cancellationToken).ConfigureAwait(false);
        }
    }
}
