namespace TailSplit.Execution.Watching;

/// <summary>What a watcher saw.</summary>
public enum WatchKind
{
    /// <summary>It began.</summary>
    Started,

    /// <summary>Docker made a network.</summary>
    NetworkCreated,

    /// <summary>Docker removed a network.</summary>
    NetworkRemoved,

    /// <summary>ip rules were changed.</summary>
    RoutingChanged,

    /// <summary>The firewall was changed.</summary>
    FirewallChanged,

    /// <summary>The policy file was changed.</summary>
    FileChanged,

    /// <summary>A policy was put in force, or taken out of it, by a command of TailSplit.</summary>
    CommandRun,

    /// <summary>Docker does not answer any more, or one of the programs that report changes ended.</summary>
    SourceLost,

    /// <summary>It answers again.</summary>
    SourceFound,

    /// <summary>Nothing in particular: it looked, as it does from time to time.</summary>
    Checked,
}

/// <summary>What a watcher did about it.</summary>
public enum WatchOutcome
{
    /// <summary>Nothing, as nothing was to be done.</summary>
    None,

    /// <summary>The policy is held from now on.</summary>
    Held,

    /// <summary>The policy was put in force, or its rules were put back.</summary>
    Repaired,

    /// <summary>The policy was taken out of force, or is held no more.</summary>
    Removed,

    /// <summary>It will be done later, since something else undoes it again and again.</summary>
    Delayed,

    /// <summary>It could not be done, and is tried again.</summary>
    Failed,
}

/// <summary>One thing that a watcher saw, and what it did.</summary>
public sealed record WatchEvent(DateTimeOffset Time, WatchKind Kind, WatchOutcome Outcome, string Detail)
{
    public string? Policy { get; init; }

    public string? Network { get; init; }
}
