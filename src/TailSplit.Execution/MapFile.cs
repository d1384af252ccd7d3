using TailSplit.Core;

namespace TailSplit.Execution;

/// <summary>Writes a drawing where a person asked for it: UTF-8 without a byte order mark.</summary>
public static class MapFile
{
    /// <exception cref="TailSplitException">MapNotWritten.</exception>
    public static async Task WriteAsync(
        string path, string content, bool overwrite, CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream file = new(path, overwrite ? FileMode.Create : FileMode.CreateNew, FileAccess.Write);
            await using StreamWriter writer = new(file);
            await writer.WriteAsync(content.AsMemory(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Failures.MapNotWritten(path, e.Message).ToException(e);
        }
    }
}
