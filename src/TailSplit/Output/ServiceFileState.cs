namespace TailSplit.Output;

/// <summary>What became of a file of the service.</summary>
public enum ServiceFileState
{
    /// <summary>It would be written.</summary>
    Planned,

    /// <summary>It would be removed.</summary>
    PlannedRemoval,

    /// <summary>It is written.</summary>
    Written,

    /// <summary>It was there already, as wanted.</summary>
    Unchanged,

    /// <summary>It is removed.</summary>
    Removed,
}
