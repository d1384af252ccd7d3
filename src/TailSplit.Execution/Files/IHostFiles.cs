using TailSplit.Core;
using TailSplit.Core.Trust;

namespace TailSplit.Execution.Files;

/// <summary>Small files of the host: kernel settings, configuration. Tests substitute their own.</summary>
public interface IHostFiles
{
    bool Exists(string path);

    /// <summary>The names in a folder; empty if the folder does not exist.</summary>
    IReadOnlyList<string> List(string folder);

    /// <summary>The text of a file; null if it does not exist.</summary>
    /// <exception cref="TailSplitException">
    /// FileUnreadable: the file exists, and this user may not read it.
    /// </exception>
    string? Read(string path);

    /// <summary>The text of a file; null if it does not exist, or this user may not read it.</summary>
    string? TryRead(string path)
    {
        try
        {
            return Read(path);
        }
        catch (TailSplitException)
        {
            return null;
        }
    }

    /// <summary>Whether only root can change a program or a module, the folders above it, and what it loads.</summary>
    FileTrust TrustOf(string path);
}
