using System.Runtime.Versioning;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Services;
using TailSplit.Execution.Files;

namespace TailSplit.Execution.Services;

/// <summary>
/// The files of the service below the root of this host or of an image. An unchanged file is not written.
/// </summary>
/// <param name="root">The root folder; <c>/</c> for this host.</param>
[UnsupportedOSPlatform("windows")]
public sealed class ServiceFolder(string root)
{
    /// <summary>
    /// The path in this file system of a path below the root. Links in it are followed within the root; the last
    /// component is not.
    /// </summary>
    public string Locate(string path) => WalkedPath.Of(path, root, followLast: false).Target;

    /// <summary>Finds a program in the PATH of units.</summary>
    /// <returns>Its path as units see it; null if it is missing.</returns>
    public string? FindProgram(string name) => UnitPath.Folders
        .Select(folder => $"{folder}/{name}")
        .FirstOrDefault(path => WalkedPath.Of(path, root).Status is not null);

    /// <summary>Whether a file or folder exists.</summary>
    public bool Has(string path) => WalkedPath.Of(path, root).Status is not null;

    /// <exception cref="TailSplitException">UnitFolderMissing.</exception>
    public void CheckUnitFolder()
    {
        string folder = WalkedPath.Of(ServiceLayout.UnitFolder, root).Target;
        if (!Directory.Exists(folder))
            throw Failures.UnitFolderMissing(folder).ToException();
    }

    /// <summary>Compares a file with the wanted one.</summary>
    public ServiceFileAction Compare(ServiceFile file)
    {
        string path = Locate(file.Path);
        FileStatus? status = FileStatus.OfEntry(path);
        if (file.Text is null)
            return status is null ? ServiceFileAction.Keep : ServiceFileAction.Remove;

        try
        {
            // A symbolic link is always replaced.
            return status is { IsRegular: true }
                && File.GetUnixFileMode(path) == file.Mode && File.ReadAllText(path) == file.Text
                ? ServiceFileAction.Keep
                : ServiceFileAction.Write;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ServiceFileAction.Write;
        }
    }

    /// <summary>Writes or removes a file, if it differs from the wanted one.</summary>
    /// <exception cref="TailSplitException">ServiceFileNotWritten.</exception>
    public void Put(ServiceFile file)
    {
        string path = Locate(file.Path);
        try
        {
            switch (Compare(file))
            {
                case ServiceFileAction.Write:
                    Write(path, file);
                    break;
                case ServiceFileAction.Remove:
                    File.Delete(path);
                    break;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failures.ServiceFileNotWritten(path, e.Message).ToException(e);
        }
    }

    /// <summary>Removes the folder of the policies if it is empty.</summary>
    /// <returns>Whether it was removed.</returns>
    public bool RemoveEmptyFolder()
    {
        string folder = WalkedPath.Of(ServiceLayout.Folder, root).Target;
        if (!Directory.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).Any())
            return false;

        Directory.Delete(folder);
        return true;
    }

    private static void Write(string path, ServiceFile file)
    {
        string folder = Path.GetDirectoryName(path)!;
        const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!Directory.Exists(folder))
            Directory.CreateDirectory(folder, OwnerAlone);

        AtomicFile.Write(path, file.Text!, file.Mode, replace: true);
    }
}
