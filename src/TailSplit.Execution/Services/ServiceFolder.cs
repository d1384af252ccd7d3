using System.Runtime.Versioning;
using TailSplit.Core;
using TailSplit.Core.Services;

namespace TailSplit.Execution.Services;

/// <summary>
/// The files of the service below a root: that of this host, or of an image. A file that is as it shall be is not
/// written.
/// </summary>
/// <param name="root">The root folder; <c>/</c> for this host.</param>
[UnsupportedOSPlatform("windows")]
public sealed class ServiceFolder(string root)
{
    /// <summary>A path of the host as it is seen from here.</summary>
    public string Locate(string path) => Path.Join(root, path);

    /// <exception cref="TailSplitException">UnitFolderMissing.</exception>
    public void CheckUnitFolder()
    {
        string folder = Locate(ServiceLayout.UnitFolder);
        if (!Directory.Exists(folder))
            throw Failures.UnitFolderMissing(folder).ToException();
    }

    /// <summary>What would have to be done.</summary>
    public ServiceFileFate Look(ServiceFile file)
    {
        string path = Locate(file.Path);
        bool exists = File.Exists(path);
        if (file.Text is null)
            return exists ? ServiceFileFate.Remove : ServiceFileFate.Keep;

        try
        {
            return exists && File.GetUnixFileMode(path) == file.Mode && File.ReadAllText(path) == file.Text
                ? ServiceFileFate.Keep
                : ServiceFileFate.Write;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ServiceFileFate.Write;
        }
    }

    /// <summary>Does it.</summary>
    /// <exception cref="TailSplitException">ServiceFileNotWritten.</exception>
    public void Put(ServiceFile file)
    {
        string path = Locate(file.Path);
        try
        {
            switch (Look(file))
            {
                case ServiceFileFate.Write:
                    Write(path, file);
                    break;
                case ServiceFileFate.Remove:
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
        string folder = Locate(ServiceLayout.Folder);
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
