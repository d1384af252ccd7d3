using System.Runtime.Versioning;
using TailSplit.Core;
using TailSplit.Core.Services;
using TailSplit.Execution.Files;

namespace TailSplit.Execution.Services;

/// <summary>
/// The files of the service below a root: that of this host, or of an image. A file that is as it should be is not
/// written.
/// </summary>
/// <param name="root">The root folder; <c>/</c> for this host.</param>
[UnsupportedOSPlatform("windows")]
public sealed class ServiceFolder(string root)
{
    /// <summary>A path of the host as it is seen from here: links are followed, and none leads out of the root. The
    /// path itself may be a link.</summary>
    public string Locate(string path) => WalkedPath.Of(path, root, followLast: false).Target;

    /// <summary>Whether a program of that name is among the commands that units find.</summary>
    /// <returns>Where it is as units see it; null where it is not.</returns>
    public string? FindProgram(string name) => UnitPath.Folders
        .Select(folder => $"{folder}/{name}")
        .FirstOrDefault(path => WalkedPath.Of(path, root).Status is not null);

    /// <summary>Whether a file or folder is there.</summary>
    public bool Has(string path) => WalkedPath.Of(path, root).Status is not null;

    /// <exception cref="TailSplitException">UnitFolderMissing.</exception>
    public void CheckUnitFolder()
    {
        string folder = WalkedPath.Of(ServiceLayout.UnitFolder, root).Target;
        if (!Directory.Exists(folder))
            throw Failures.UnitFolderMissing(folder).ToException();
    }

    /// <summary>What would have to be done.</summary>
    public ServiceFileAction Compare(ServiceFile file)
    {
        string path = Locate(file.Path);
        FileStatus? status = FileStatus.OfEntry(path);
        if (file.Text is null)
            return status is null ? ServiceFileAction.Keep : ServiceFileAction.Remove;

        try
        {
            // A link is replaced, wherever it leads.
            return status is { IsRegular: true } && File.GetUnixFileMode(path) == file.Mode && File.ReadAllText(path) == file.Text
                ? ServiceFileAction.Keep
                : ServiceFileAction.Write;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ServiceFileAction.Write;
        }
    }

    /// <summary>Does it.</summary>
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

    /// <summary>Takes the folder of the policies away if nothing is left in it.</summary>
    /// <returns>Whether it went.</returns>
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
