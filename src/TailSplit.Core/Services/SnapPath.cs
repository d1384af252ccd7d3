namespace TailSplit.Core.Services;

/// <summary>
/// The folders of snaps and their commands: /snap, or /var/lib/snapd/snap on distributions without a folder in /
/// (Fedora, Arch).
/// </summary>
public static class SnapPath
{
    private static readonly string[] s_roots = ["/snap", "/var/lib/snapd/snap"];

    /// <summary>The folders with the commands of all snaps.</summary>
    public static IEnumerable<string> CommandFolders => s_roots.Select(root => $"{root}/bin");

    /// <summary>Whether a path is a command of a snap, which snap-confine starts.</summary>
    public static bool IsCommand(string path) =>
        CommandFolders.Any(folder => path.StartsWith($"{folder}/", StringComparison.Ordinal));

    /// <summary>The name of the snap whose revision contains the path; null for none.</summary>
    public static string? NameOf(string path) => s_roots
        .Where(root => path.StartsWith($"{root}/", StringComparison.Ordinal))
        .Select(root => path[(root.Length + 1)..].Split('/'))
        .FirstOrDefault(parts => parts.Length > 2 && parts[0] != "bin")?[0];
}
