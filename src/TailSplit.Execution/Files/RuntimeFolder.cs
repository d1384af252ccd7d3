using TailSplit.Core;
using TailSplit.Core.Errors;

namespace TailSplit.Execution.Files;

/// <summary>
/// The folder for locks and notices of one host, /run/tailsplit. Only its owner can access it: a process that can open
/// a lock can hold it, and a watcher trusts every notice.
/// </summary>
/// <param name="machine">The host.</param>
internal sealed class RuntimeFolder(Machine machine)
{
    public const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether the folder exists, belongs to root, and is closed to other users.</summary>
    public bool IsRoots =>
        machine.StatusOf(machine.RuntimeFolder) is { IsFolder: true, Owner: 0, Permissions: FolderMode };

    /// <summary>Creates the folder, or removes the permissions of other users.</summary>
    /// <exception cref="TailSplitException">LockUnavailable: it is not a folder, or another user owns it.</exception>
    /// <exception cref="IOException">The folder can't be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not create the folder.</exception>
    public void Prepare()
    {
        if (!OperatingSystem.IsLinux())
            return;

        string path = machine.RuntimeFolder;
        if (machine.StatusOf(path) is null)
            Directory.CreateDirectory(path, FolderMode);

        FileStatus? status = machine.StatusOf(path);
        if (status is not { IsFolder: true })
            throw Failures.LockUnavailable(path, "it is not a folder").ToException();

        if (status.Value.Owner != FileStatus.CurrentUser)
            throw Failures.LockUnavailable(path, $"it belongs to the user {status.Value.Owner}").ToException();

        if (status.Value.Permissions != FolderMode)
            File.SetUnixFileMode(path, FolderMode);
    }

    /// <summary>Opens a file of the folder. Creates it if it does not exist.</summary>
    /// <remarks>
    /// A link, or a file of another user, is replaced: it dates from a time when other users could write the folder.
    /// </remarks>
    /// <inheritdoc cref="Prepare" path="/exception"/>
    public FileStream Open(string file, FileShare share)
    {
        Prepare();
        if (machine.StatusOf(file) is FileStatus entry && !IsOurs(entry))
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

    /// <summary>Opens an existing file that no other user can write; null for none.</summary>
    public FileStream? OpenTrusted(string file, FileAccess access) =>
        machine.StatusOf(file) is FileStatus entry && IsOurs(entry) && !entry.GroupCanWrite && !entry.OthersCanWrite
            ? new FileStream(file, System.IO.FileMode.Open, access, FileShare.ReadWrite)
            : null;

    private static bool IsOurs(FileStatus entry) => entry.IsRegular && entry.Owner == FileStatus.CurrentUser;
}
