namespace TailSplit.Execution.Watching;

/// <summary>A report of a change that may affect the policies in force.</summary>
internal sealed record WatchSignal(WatchKind Kind, string Detail = "")
{
    public string? Network { get; init; }

    /// <summary>Whether the watcher reports it even if nothing has to be repaired.</summary>
    public bool IsNews =>
        Kind is WatchKind.NetworkCreated or WatchKind.NetworkRemoved or WatchKind.SourceLost or WatchKind.SourceFound
        or WatchKind.FileChanged;

    /// <summary>Whether it skips the backoff. A new network is open until its policy is in force.</summary>
    public bool IsUrgent => Kind is WatchKind.NetworkCreated or WatchKind.FileChanged;
}
