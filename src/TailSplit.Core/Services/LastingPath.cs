using System.Text.RegularExpressions;

namespace TailSplit.Core.Services;

/// <summary>Whether a path outlives an update of what it leads to.</summary>
public static partial class LastingPath
{
    /// <summary>
    /// Whether a folder of the path stands for one version: a snap's revision, the store of .NET tools or of Nix, or a
    /// name with a version in it. An update removes such a folder sooner or later.
    /// </summary>
    public static bool NamesVersion(string path) => Version().IsMatch(path);

    // Snaps: /snap/NAME/119, /snap/NAME/x1 for one that was installed by hand. "7" alone is a major version, as in
    // /opt/microsoft/powershell/7.
    [GeneratedRegex(
        @"/snap/[^/]+/x?\d+/|/\.store/|/nix/store/|/(?:[^/]*[-_v])?\d+\.\d+(?:\.\d+)*(?:[-_+][^/]*)?/",
        RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
