namespace TailSplit.Core.Trust;

/// <summary>Whether only trusted users can have written a file.</summary>
public enum FileTrustState
{
    /// <summary>No other user can change or replace it.</summary>
    Trusted,

    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>This user can't see it.</summary>
    Unseen,

    /// <summary>Another user can change it.</summary>
    Untrusted,
}
