namespace TailSplit.Core.Services;

/// <summary>A file of the service as it should be.</summary>
/// <param name="Path">Its path on the host that runs it.</param>
/// <param name="Text">Its content; null if the file must not exist.</param>
/// <param name="Mode">Its permissions.</param>
public sealed record ServiceFile(string Path, string? Text, UnixFileMode Mode);
