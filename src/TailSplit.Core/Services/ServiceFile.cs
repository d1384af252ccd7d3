namespace TailSplit.Core.Services;

/// <summary>A file of the service as it should be.</summary>
/// <param name="Path">Where a host that runs it sees it.</param>
/// <param name="Text">Its content; null where it should not be there.</param>
/// <param name="Mode">Its permissions.</param>
public sealed record ServiceFile(string Path, string? Text, UnixFileMode Mode);
