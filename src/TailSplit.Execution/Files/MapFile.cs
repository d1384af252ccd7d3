using TailSplit.Core;
using TailSplit.Core.Errors;

namespace TailSplit.Execution.Files;

/// <summary>
/// Writes a map to a file atomically, as UTF-8 without a byte order mark. A device or a pipe is written directly.
/// </summary>
public static class MapFile
{
    private const UnixFileMode Usual =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <exception cref="TailSplitException">MapNotWritten.</exception>
    public static async Task WriteAsync(
        string path, string content, bool overwrite, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            // A symbolic link stays, and its target is replaced.
            string target = new FileInfo(path).LinkTarget is null
                ? path
                : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            if (FileStatus.Of(target) is { IsRegular: false })
                await File.WriteAllTextAsync(target, content, cancellationToken).ConfigureAwait(false);
            else
                AtomicFile.Write(target, content, ModeOf(target), overwrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Failures.MapNotWritten(path, e.Message).ToException(e);
        }
    }

    private static UnixFileMode ModeOf(string path) =>
        OperatingSystem.IsLinux() && File.Exists(path) ? File.GetUnixFileMode(path) : Usual;
}
