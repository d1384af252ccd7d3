namespace TailSplit.Execution.Watching;

/// <summary>
/// Keeps a watcher from fighting: repairs that are undone again and again come ever more seldom, until the other side
/// rests. The other layer of a killswitch, and what the last repair left, hold meanwhile.
/// </summary>
internal sealed class Backoff(WatchTimes times, TimeProvider clock)
{
    private readonly Queue<long> _repairs = [];
    private int _rounds;

    /// <summary>How long the next repair has to wait; zero as a rule.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>Notes a repair of what another program had undone.</summary>
    /// <returns>Whether the backoff begins or goes on by it.</returns>
    public bool Repaired()
    {
        long now = clock.GetTimestamp();
        _repairs.Enqueue(now);
        // While repairs are rare because of the backoff itself, the window grows with it.
        TimeSpan window = times.FightWindow + (Pause * times.FightRepairs);
        while (_repairs.TryPeek(out long oldest) && clock.GetElapsedTime(oldest, now) > window)
            _repairs.Dequeue();

        if (_repairs.Count < times.FightRepairs)
        {
            _rounds = 0;
            Pause = TimeSpan.Zero;
            return false;
        }

        _rounds++;
        Pause = times.PauseAfter(_rounds + 2, times.LongestBackoff);
        return true;
    }
}
