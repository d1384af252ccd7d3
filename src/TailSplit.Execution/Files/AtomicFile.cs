namespace TailSplit.Execution.Files;

/// <summary>
/// Replaces a file atomically: it writes and syncs a temporary file beside it, then calls rename(2). No reader sees a
/// partial file, and after a power cut the file is the old or the new one.
/// </summary>
internal static class AtomicFile
{
    /// <param name="path">The file. If it is a symbolic link, the link is replaced.</param>
    /// <param name="text">Its content.</param>
    /// <param name="mode">Its permissions, independent of the umask.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <exception cref="IOException">The file can't be written, or exists and must not be replaced.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write the file.</exception>
    public static void Write(string path, string text, UnixFileMode mode, bool replace)
    {
        string draft = Path.Combine(
            Path.GetDirectoryName(path) ?? path, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;

        // An existing file of that name may belong to another program, so it is deleted only if it was created here.
        FileStream file = new(draft, options);
        try
        {
            using (file)
            {
                if (!OperatingSystem.IsWindows() && !File.GetUnixFileMode(file.SafeFileHandle).HasFlag(mode))
                    File.SetUnixFileMode(file.SafeFileHandle, mode);

                using StreamWriter writer = new(file, leaveOpen: true);
                writer.Write(text);
                writer.Flush();
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: replace);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }
}
