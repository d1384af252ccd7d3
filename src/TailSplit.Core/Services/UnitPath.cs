using System.Collections.Immutable;

namespace TailSplit.Core.Services;

/// <summary>The PATH of a unit.</summary>
public static class UnitPath
{
    /// <summary>systemd's default (systemd.exec(5)), and the commands of snaps, such as Docker's.</summary>
    public static ImmutableArray<string> Folders { get; } =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", .. SnapPath.CommandFolders];

    /// <summary>The value of the variable.</summary>
    /// <param name="first">A folder that comes before all others; null for none.</param>
    public static string Value(string? first) => string.Join(':', first is null ? Folders : Folders.Insert(0, first));
}
