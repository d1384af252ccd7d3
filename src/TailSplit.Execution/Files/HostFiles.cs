using TailSplit.Core.Errors;
using TailSplit.Core.Trust;

namespace TailSplit.Execution.Files;

/// <summary>
/// The files of this machine. Those below /proc/sys/net belong to the network namespace of this process.
/// </summary>
public sealed class HostFiles : IHostFiles
{
    public bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    public IReadOnlyList<string> List(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path))];
        }
        catch (Exception e) when (e is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw Failures.FileUnreadable(path, e.Message).ToException(e);
        }
    }

    public FileTrust TrustOf(string path) => new FileTrustReader().OfLoaded(path);
}
