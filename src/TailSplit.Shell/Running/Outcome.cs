namespace TailSplit.Shell.Running;

/// <summary>How a script ended.</summary>
internal enum Outcome
{
    Succeeded,

    /// <summary>At its end, but with <c>$?</c> false.</summary>
    Failed,

    /// <summary>By a terminating error, which was reported.</summary>
    Broken,

    /// <summary>By Ctrl+C or SIGTERM.</summary>
    Stopped,
}
