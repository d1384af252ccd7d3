using TailSplit.Core;

namespace TailSplit.Execution.Files;

/// <summary>
/// The folder where the commands of one host meet, /run/tailsplit. A process that can open a lock can hold it, and a process that can
/// write a note is believed: so the folder and its files are their owner's alone.
/// </summary>
/// <param name="path">The folder.</param>
internal sealed class RuntimeFolder(string path)
{
    public const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether it is there, root's, and closed to others.</summary>
    public bool IsRoots =>
        FileStatus.OfEntry(path) is { IsFolder: true, Owner: 0, Permissions: FolderMode };

    /// <summary>Makes the folder, or takes from others what they may do in it.</summary>
    /// <exception cref="TailSplitException">LockUnavailable: it is no folder, or another user's.</exception>
    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be made.</exception>
    public void Prepare()
    {
        if (!OperatingSystem.IsLinux())
            return;

        if (FileStatus.OfEntry(path) is null)
            Directory.CreateDirectory(path, FolderMode);

        FileStatus? status = FileStatus.OfEntry(path);
        if (status is not { IsFolder: true })
            throw Failures.LockUnavailable(path, "it is no folder").ToException();

        if (status.Value.Owner != FileStatus.CurrentUser)
            throw Failures.LockUnavailable(path, $"it belongs to the user {status.Value.Owner}").ToException();

        if (status.Value.Permissions != FolderMode)
            File.SetUnixFileMode(path, FolderMode);
    }

    /// <summary>Opens a file of the folder, which is made where it is not there.</summary>
    /// <remarks>
    /// What was put in its place while others could write the folder, a link or a file of their own, is replaced.
    /// </remarks>
    /// <inheritdoc cref="Prepare" path="/exception"/>
    public FileStream Open(string file, FileShare share)
    {
        Prepare();
        if (FileStatus.OfEntry(file) is FileStatus entry && !IsOurs(entry))
            File.Delete(file);

        FileStreamOptions options = new()
        {
            Mode = System.IO.FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = share,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode;

        FileStream opened = new(file, options);
        if (OperatingSystem.IsLinux() && File.GetUnixFileMode(opened.SafeFileHandle) != FileMode)
            File.SetUnixFileMode(opened.SafeFileHandle, FileMode);

        return opened;
    }

    /// <summary>Opens a file that is there, and that no other user can have written; null where there is none.</summary>
    public static FileStream? OpenTrusted(string file, FileAccess access) =>
        FileStatus.OfEntry(file) is FileStatus entry && IsOurs(entry) && !entry.GroupCanWrite && !entry.OthersCanWrite
            ? new FileStream(file, System.IO.FileMode.Open, access, FileShare.ReadWrite)
            : null;

    private static bool IsOurs(FileStatus entry) => entry.IsRegular && entry.Owner == FileStatus.CurrentUser;
}
