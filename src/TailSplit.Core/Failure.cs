namespace TailSplit.Core;

/// <summary>
/// The category of a <see cref="Failure"/>; the module maps it to PowerShell's ErrorCategory.
/// </summary>
public enum FailureKind
{
    InvalidArgument,
    NotFound,
    AlreadyExists,
    NotInstalled,
    PermissionDenied,
    Unavailable,
    InvalidOperation,
    InvalidData,
    Timeout,
}

/// <summary>An error as a value: a stable id, what failed with which value, and what to do.</summary>
/// <param name="Id">Stable, PascalCase: scripts match on it.</param>
/// <param name="Kind">What kind of trouble it is.</param>
/// <param name="Message">What failed, with which value.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Target">The value or object that failed.</param>
public sealed record Failure(string Id, FailureKind Kind, string Message, string Remedy, object? Target)
{
    public TailSplitException ToException(Exception? cause = null) => new(this, cause);
}
