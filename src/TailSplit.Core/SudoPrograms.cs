using System.Collections.Immutable;

namespace TailSplit.Core;

/// <summary>
/// The programs that TailSplit runs by <c>sudo -n</c> if it is not root. Permission for them amounts to root: <c>ip
/// netns exec</c> and <c>flock</c> run any program.
/// </summary>
public static class SudoPrograms
{
    /// <summary>Names and patterns, as in sudoers(5) after the folder.</summary>
    public static ImmutableArray<string> All { get; } =
        ["iptables-*", "ip6tables-*", "ip", "conntrack", "nft", "flock", "install", "podman"];

    /// <summary>The same within a sentence.</summary>
    public static string Text { get; } = $"{string.Join(", ", All[..^1])} and {All[^1]}";

    /// <summary>A line of /etc/sudoers.d for a user.</summary>
    public static string Line(string user) => $"{user} ALL=(root) NOPASSWD: " +
        string.Join(", ", All.Select(program => $"{FolderOf(program)}/{program}"));

    /// <summary>Whether the list has this program.</summary>
    public static bool Contains(string program) => All.Any(each => each.EndsWith('*')
        ? program.StartsWith(each[..^1], StringComparison.Ordinal)
        : program == each);

    // Debian's folders: util-linux, coreutils and podman are not in sbin.
    private static string FolderOf(string program) =>
        program is "flock" or "install" or "podman" ? "/usr/bin" : "/usr/sbin";
}
