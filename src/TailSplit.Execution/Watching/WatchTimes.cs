namespace TailSplit.Execution.Watching;

/// <summary>The intervals and limits of a watcher.</summary>
public sealed record WatchTimes
{
    /// <summary>A burst of signals leads to one round, after no signal has come for this time.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>A burst that does not end leads to a round after this time.</summary>
    public TimeSpan LongestBurst { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How often the firewall is polled while no monitor reports its changes.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the folder of Podman's networks is polled: a new network is open until then.</summary>
    public TimeSpan FolderPoll { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often the firewall is polled while a monitor reports its changes.</summary>
    public TimeSpan SlowPoll { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the host is checked without a signal.</summary>
    public TimeSpan Check { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The first pause before a failed step is tried again. Each pause is twice as long as the one before.
    /// </summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause before Docker or a program that reports changes is tried again.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The longest pause between repairs that another program undoes, and before the restart of a program that keeps
    /// ending.
    /// </summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a daemon is checked.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A restarted program counts as running after this time.</summary>
    public TimeSpan Proof { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The earlier ends of a program do not count after it has run for this time.</summary>
    public TimeSpan Stable { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>This many repairs within <see cref="FightWindow"/> start the backoff.</summary>
    public int FightRepairs { get; init; } = 5;

    public TimeSpan FightWindow { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan PauseAfter(int failures, TimeSpan longest)
    {
        double factor = Math.Pow(2, Math.Clamp(failures - 1, 0, 20));
        return TimeSpan.FromTicks(Math.Min(longest.Ticks, (long)(FirstPause.Ticks * factor)));
    }
}
