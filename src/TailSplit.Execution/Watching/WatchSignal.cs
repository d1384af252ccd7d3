namespace TailSplit.Execution.Watching;

/// <summary>What a source reports, and what may have changed what is in force.</summary>
internal sealed record WatchSignal(WatchKind Kind, string Detail = "")
{
    public string? Network { get; init; }

    /// <summary>Whether it is reported even if nothing is to be done about it.</summary>
    public bool IsNews =>
        Kind is WatchKind.NetworkCreated or WatchKind.NetworkRemoved or WatchKind.SourceLost or WatchKind.SourceFound
        or WatchKind.FileChanged;

    /// <summary>
    /// Whether it waits for nobody, not even while repairs are undone again and again: a new network is open until
    /// then.
    /// </summary>
    public bool IsUrgent => Kind is WatchKind.NetworkCreated or WatchKind.FileChanged;
}
