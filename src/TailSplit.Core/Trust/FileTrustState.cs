namespace TailSplit.Core.Trust;

/// <summary>Whether a file is what its trusted users put there.</summary>
public enum FileTrustState
{
    /// <summary>No other user can change it or put another in its place.</summary>
    Trusted,

    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>This user can't see it.</summary>
    Unseen,

    /// <summary>Another user can change it.</summary>
    Untrusted,
}
