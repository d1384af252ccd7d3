namespace TailSplit.Execution.Watching;

/// <summary>What a watcher noticed.</summary>
public enum WatchKind
{
    /// <summary>The watcher started.</summary>
    Started,

    /// <summary>A container engine created a network.</summary>
    NetworkCreated,

    /// <summary>A container engine removed a network.</summary>
    NetworkRemoved,

    /// <summary>ip rules changed.</summary>
    RoutingChanged,

    /// <summary>Firewall rules changed.</summary>
    FirewallChanged,

    /// <summary>The policy file changed.</summary>
    FileChanged,

    /// <summary>A command of TailSplit created or removed a policy.</summary>
    CommandRun,

    /// <summary>A container engine or Tailscale stopped answering, or a program that reports changes ended.</summary>
    SourceLost,

    /// <summary>The lost source answers again.</summary>
    SourceFound,

    /// <summary>A periodic check, without a change that caused it.</summary>
    Checked,
}

/// <summary>What a watcher did.</summary>
public enum WatchOutcome
{
    /// <summary>Nothing had to be done.</summary>
    None,

    /// <summary>The watcher keeps the policy in force from now on.</summary>
    Held,

    /// <summary>The policy was put in force, or its rules were restored.</summary>
    Repaired,

    /// <summary>The policy was removed, or the watcher no longer keeps it in force.</summary>
    Removed,

    /// <summary>The next repair is delayed, since another program undoes the repairs.</summary>
    Delayed,

    /// <summary>The repair failed, and is tried again.</summary>
    Failed,
}

/// <summary>What a watcher noticed, and what it did.</summary>
public sealed record WatchEvent(DateTimeOffset Time, WatchKind Kind, WatchOutcome Outcome, string Detail)
{
    public string? Policy { get; init; }

    public string? Network { get; init; }
}
