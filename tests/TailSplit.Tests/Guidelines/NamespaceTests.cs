using System.Text.RegularExpressions;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>
/// Namespaces refer to each other in one direction. A reference is a using directive, which the build refuses if it is
/// not needed. A namespace also sees those that it is nested in.
/// </summary>
public sealed partial class NamespaceTests
{
    // The roots of these projects are entry points, which use the rest.
    private static readonly string[] s_roots = ["TailSplit", "TailSplit.Execution", "TailSplit.Help"];

    private static readonly HashSet<(string From, string To)> s_references =
    [
        .. from file in Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src"), "*.cs", SearchOption.AllDirectories)
           where !file.Contains("/obj/", StringComparison.Ordinal)
           let text = File.ReadAllText(file)
           let own = Declaration().Match(text).Groups["name"].Value
           from used in Using().Matches(text).Select(match => match.Groups["name"].Value)
           where used != own
           select (own, used)
    ];

    [Fact]
    public void No_namespace_refers_to_itself_by_way_of_others()
    {
        HashSet<(string From, string To)> left = [.. s_references];
        // A namespace without references to others is in no circle.
        while (left.RemoveWhere(reference => !left.Any(next => next.From == reference.To)) > 0)
        {
        }

        Assert.Empty(left);
    }

    [Fact]
    public void No_namespace_refers_to_one_that_is_nested_in_it() => Assert.DoesNotContain(
        s_references,
        reference => reference.To.StartsWith(reference.From + ".", StringComparison.Ordinal)
            && !s_roots.Contains(reference.From));

    [GeneratedRegex(@"^namespace (?<name>TailSplit[\w.]*);", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^using (\w+ = |static )?(?<name>TailSplit[\w.]*?)(?(1)\.\w+);", RegexOptions.Multiline)]
    private static partial Regex Using();
}
