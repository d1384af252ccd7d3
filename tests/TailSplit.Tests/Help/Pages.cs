using System.Collections.Immutable;
using TailSplit.Help.Maml;
using TailSplit.Help.Pages;
using TailSplit.Tests.Guidelines;

namespace TailSplit.Tests.Help;

/// <summary>The cmdlets of the module, and the pages of docs/en-US.</summary>
internal static class Pages
{
    public static string Folder { get; } = Path.Combine(SourceTree.Root, "docs", "en-US");

    /// <summary>Where the build puts what Get-Help reads.</summary>
    public static string Built { get; } = Path.Combine(SourceTree.Root, "en-US");

    public static ImmutableDictionary<string, CmdletShape> Cmdlets { get; } =
        CmdletShape.AllOf(SourceTree.Module).ToImmutableDictionary(cmdlet => cmdlet.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Names => Directory.GetFiles(Folder, "*.md")
        .Select(path => Path.GetFileNameWithoutExtension(path))
        .Order(StringComparer.Ordinal);

    public static IEnumerable<string> Topics =>
        Names.Where(name => name.StartsWith("about_", StringComparison.Ordinal));

    public static HelpPage Of(string cmdlet) => HelpPage.Read(Path.Combine(Folder, $"{cmdlet}.md"));
}
