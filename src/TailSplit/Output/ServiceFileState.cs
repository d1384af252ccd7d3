namespace TailSplit.Output;

/// <summary>What a command did with a file of the service.</summary>
public enum ServiceFileState
{
    /// <summary>The file would be written.</summary>
    Planned,

    /// <summary>The file would be removed.</summary>
    PlannedRemoval,

    /// <summary>The file was written.</summary>
    Written,

    /// <summary>The file existed already with the wanted content.</summary>
    Unchanged,

    /// <summary>The file was removed.</summary>
    Removed,
}
