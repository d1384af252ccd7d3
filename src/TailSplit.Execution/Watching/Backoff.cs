namespace TailSplit.Execution.Watching;

/// <summary>
/// Delays repairs that another program undoes repeatedly, longer each time, until that program stops. Meanwhile the
/// other layer of a killswitch, and what the last repair left, stay in force.
/// </summary>
internal sealed class Backoff(WatchTimes times, TimeProvider clock)
{
    private readonly Queue<long> _repairs = [];
    private int _rounds;

    /// <summary>How long the next repair must wait; usually zero.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>Records a repair of rules that another program had changed.</summary>
    /// <returns>Whether the next repair must wait.</returns>
    public bool Repaired()
    {
        long now = clock.GetTimestamp();
        _repairs.Enqueue(now);
        // The backoff itself makes repairs rare, so the window grows with it.
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
