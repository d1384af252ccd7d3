namespace TailSplit.Execution.Services;

/// <summary>A file of the service as it shall be.</summary>
/// <param name="Path">Where a host that runs it sees it.</param>
/// <param name="Text">Its content; null where it shall not be there.</param>
/// <param name="Mode">Its permissions.</param>
public sealed record ServiceFile(string Path, string? Text, UnixFileMode Mode);

/// <summary>What has to be done about a file.</summary>
public enum ServiceFileFate
{
    Keep,
    Write,
    Remove,
}
