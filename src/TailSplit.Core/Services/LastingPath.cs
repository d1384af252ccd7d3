using System.Text.RegularExpressions;

namespace TailSplit.Core.Services;

/// <summary>Whether a path stays valid after an update of its program.</summary>
public static partial class LastingPath
{
    private static readonly string[] s_temporary = ["/tmp/", "/var/tmp/", "/run/user/", "/dev/shm/"];

    /// <summary>
    /// Whether a folder of the path belongs to one version: a snap's revision, the store of .NET tools or of Nix, or a
    /// name with a version in it. An update removes such a folder sooner or later.
    /// </summary>
    public static bool NamesVersion(string path) => Version().IsMatch(path);

    /// <summary>
    /// Whether a path is in a folder that the host empties at boot, or that a unit does not see, since it has its own
    /// /tmp (PrivateTmp=, systemd.exec(5)).
    /// </summary>
    public static bool IsTemporary(string path) =>
        s_temporary.Any(folder => path.StartsWith(folder, StringComparison.Ordinal));

    // Snaps: /snap/NAME/119, /snap/NAME/x1 for one from a local file. "7" alone is a major version, as in
    // /opt/microsoft/powershell/7.
    [GeneratedRegex(
        @"/snap/[^/]+/x?\d+/|/\.store/|/nix/store/|/(?:[^/]*[-_v])?\d+\.\d+(?:\.\d+)*(?:[-_+][^/]*)?/",
        RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
