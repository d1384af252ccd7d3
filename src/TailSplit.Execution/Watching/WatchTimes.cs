namespace TailSplit.Execution.Watching;

/// <summary>How long a watcher waits for what.</summary>
public sealed record WatchTimes
{
    /// <summary>What comes in a burst is looked at once, when it has been quiet for so long.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>A burst that does not end is looked at after so long anyway.</summary>
    public TimeSpan LongestBurst { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How often the firewall is looked at where nothing reports its changes.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the folder of Podman's networks is looked at: a new network is open until then.</summary>
    public TimeSpan FolderPoll { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often the firewall is looked at where something does tell.</summary>
    public TimeSpan SlowPoll { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often everything is looked at without a reason.</summary>
    public TimeSpan Check { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The first pause before something that failed is tried again; each is twice as long as the one before.
    /// </summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause before Docker, or a program that reports changes, is tried again.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The longest pause between repairs while something else undoes them, and before a program is started again that
    /// ends again and again.
    /// </summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a daemon is asked whether it answers.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A program that was started again is believed to run after so long.</summary>
    public TimeSpan Proof { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After so long it is as if it had never ended.</summary>
    public TimeSpan Stable { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>So many repairs within <see cref="FightWindow"/> are a fight.</summary>
    public int FightRepairs { get; init; } = 5;

    public TimeSpan FightWindow { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan PauseAfter(int failures, TimeSpan longest)
    {
        double factor = Math.Pow(2, Math.Clamp(failures - 1, 0, 20));
        return TimeSpan.FromTicks(Math.Min(longest.Ticks, (long)(FirstPause.Ticks * factor)));
    }
}
