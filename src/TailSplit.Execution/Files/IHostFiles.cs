using TailSplit.Core.Trust;

namespace TailSplit.Execution.Files;

/// <summary>
/// Small files of the host: kernel settings, configuration. The seam at which tests put files of their own.
/// </summary>
public interface IHostFiles
{
    bool Exists(string path);

    /// <summary>The names in a folder; none where there is no such folder.</summary>
    IReadOnlyList<string> List(string folder);

    /// <summary>A file's text; null where there is no such file.</summary>
    /// <exception cref="Core.TailSplitException">
    /// FileUnreadable: it is there, and this user may not read it.
    /// </exception>
    string? Read(string path);

    /// <summary>
    /// Whether only root can change a program or a module, the folders above it, and what it loads.
    /// </summary>
    FileTrust TrustOf(string path);
}
