namespace TailSplit.Execution.Files;

/// <summary>
/// Writes a file as a whole: beside it, to the disk, then in its place at once (rename(2)). No reader sees half of it,
/// and a power cut leaves the old one or the new one.
/// </summary>
internal static class AtomicFile
{
    /// <param name="path">The file; where it is a symbolic link, the link is replaced.</param>
    /// <param name="text">Its content.</param>
    /// <param name="mode">Its permissions, whatever the umask takes from other files.</param>
    /// <param name="replace">Whether a file that is there is replaced.</param>
    /// <exception cref="IOException">It can't be written, or is there and stays.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public static void Write(string path, string text, UnixFileMode mode, bool replace)
    {
        string draft = Path.Combine(
            Path.GetDirectoryName(path) ?? path, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;

        // Until it is open it is not ours: whose it is that has the same name is not known.
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
