using TailSplit.Core.Trust;

namespace TailSplit.Execution.Files;

/// <summary>Checks whether files are trusted: which users can change or replace them.</summary>
/// <param name="root">The folder that "/" stands for. Links can't leave it, and folders above it do not count.</param>
/// <param name="user">A user who is trusted in addition to root; 0 for only root.</param>
public sealed class FileTrustReader(string root = "/", uint user = 0)
{
    private static readonly string[] s_libraries = [".dll", ".so", ".json", ".ps1xml", ".psd1", ".psm1", ".ps1"];

    private static readonly string[] s_loaded = ["host", "shared", "Modules"];

    private readonly TrustRule _rule = new(user);

    /// <summary>Checks a path: each folder and link on the way, and its target.</summary>
    public FileTrust Of(string path) => Of(WalkedPath.Of(path, root));

    /// <summary>
    /// Checks a program or a module, and what it loads: all files of a folder, bin beside a manifest, the store of a
    /// .NET tool, the libraries beside any other program.
    /// </summary>
    public FileTrust OfLoaded(string path)
    {
        WalkedPath walked = WalkedPath.Of(path, root);
        FileTrust trust = Of(walked);
        return trust.IsTrusted
            ? LoadedWith(walked).Select(Below).FirstOrDefault(each => !each.IsTrusted) ?? trust
            : trust;
    }

    internal FileTrust Of(WalkedPath walked)
    {
        string? complaint = walked.Hops.Select(_rule.Complaint).FirstOrDefault(each => each is not null);
        return complaint is not null ? FileTrust.Untrusted(complaint)
            : walked.Status is not null ? FileTrust.Trusted
            : walked.IsMissing ? FileTrust.Missing(walked.Target)
            : FileTrust.Unseen(walked.Target);
    }

    private static IEnumerable<string> LoadedWith(WalkedPath walked)
    {
        string folder = Path.GetDirectoryName(walked.Target) ?? "/";
        string store = Path.Join(folder, ".store", "powershell");
        if (walked.Status is { Kind: HopKind.Folder })
            return Entries(walked.Target, recursive: true);

        if (walked.Target.EndsWith(".psd1", StringComparison.OrdinalIgnoreCase))
            return Entries(Path.Join(folder, "bin"), recursive: true).Append(Path.Join(folder, "bin"));

        if (Directory.Exists(store))
            return Entries(store, recursive: true).Append(store);

        // dotnet loads its runtimes, pwsh its own modules.
        return s_loaded
            .Select(name => Path.Join(folder, name))
            .Where(_ => IsHost(walked.Target))
            .SelectMany(below => Entries(below, recursive: true).Append(below))
            .Concat(Entries(folder, recursive: false).Where(IsLibrary));
    }

    private static bool IsHost(string program) =>
        Path.GetFileNameWithoutExtension(program) is "dotnet" or "pwsh" or "pwsh-preview" or "pwsh-lts";

    private static bool IsLibrary(string path) => s_libraries.Contains(Path.GetExtension(path));

    private static IEnumerable<string> Entries(string folder, bool recursive)
    {
        // Links are listed but not followed: each is checked as a path of its own.
        EnumerationOptions options = new()
        {
            RecurseSubdirectories = recursive,
            AttributesToSkip = FileAttributes.None,
            IgnoreInaccessible = true,
        };
        return Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder, "*", options) : [];
    }

    // The folders of the path are checked already. Only a link leads elsewhere.
    private FileTrust Below(string path)
    {
        FileStatus? status = FileStatus.OfEntry(path);
        if (status is not { } it)
            return FileTrust.Trusted;

        if (it.Kind == HopKind.Link)
        {
            WalkedPath target = WalkedPath.Of(InRoot(path), root);
            return target.IsMissing ? FileTrust.Trusted : Of(target);
        }

        return _rule.Complaint(new PathHop(path, it.Kind, it.Owner, it.Group, it.Mode)) is string complaint
            ? FileTrust.Untrusted(complaint)
            : FileTrust.Trusted;
    }

    private string InRoot(string path) => root == "/" ? path : path[root.TrimEnd('/').Length..];
}
