using TailSplit.Core.Trust;

namespace TailSplit.Execution.Files;

/// <summary>Looks whether files are trusted: who can change them, or put others in their place.</summary>
/// <param name="root">The folder that "/" stands for; links don't lead out of it, and what is above it does not
/// count.</param>
/// <param name="user">A user who is trusted beside root; 0 for root alone.</param>
public sealed class FileTrustReader(string root = "/", uint user = 0)
{
    private static readonly string[] s_libraries = [".dll", ".so", ".json", ".ps1xml", ".psd1", ".psm1", ".ps1"];

    private static readonly string[] s_loaded = ["host", "shared", "Modules"];

    private readonly TrustRule _rule = new(user);

    /// <summary>Of a path: every folder and link on the way, and what it leads to.</summary>
    public FileTrust Of(string path) => Of(WalkedPath.Of(path, root));

    /// <summary>
    /// Of a program or a module, and of what it loads: a folder with all that is in it, a manifest with its libraries in
    /// bin, a .NET tool with its store, another program with the libraries beside it.
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

        // Of dotnet the runtimes, of pwsh its own modules.
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
        // Links are listed, not followed: each is looked at as a path of its own.
        EnumerationOptions options = new()
        {
            RecurseSubdirectories = recursive,
            AttributesToSkip = FileAttributes.None,
            IgnoreInaccessible = true,
        };
        return Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder, "*", options) : [];
    }

    // Its folders were looked at already; a link leads elsewhere.
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
