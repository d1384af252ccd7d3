using TailSplit.Core;
using TailSplit.Core.Errors;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>What sudo must allow is said the same everywhere, and is what is run.</summary>
public sealed class SudoListTests
{
    private const string Before = "`sudo -n` for ";

    private static string Docs => Path.Combine(SourceTree.Root, "docs");

    [Fact]
    public void Every_page_that_names_the_programs_names_the_same()
    {
        string[] pages =
        [
            .. Directory.EnumerateFiles(Docs, "*.md", SearchOption.AllDirectories)
                .Where(page => File.ReadAllText(page).Contains(Before, StringComparison.Ordinal)),
        ];

        Assert.True(pages.Length > 10);
        Assert.All(pages, page => Assert.All(
            File.ReadAllText(page).Split(Before).Skip(1),
            text => Assert.StartsWith($"`{SudoPrograms.Text}`", text, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_page_for_many_hosts_has_the_line_for_sudoers() => Assert.Contains(
        SudoPrograms.Line("ops"), File.ReadAllText(Path.Combine(Docs, "fleet.md")), StringComparison.Ordinal);

    [Fact]
    public void The_remedy_of_a_refusal_names_the_programs_and_says_that_they_amount_to_root()
    {
        string remedy = Failures.PermissionDenied("'ip'").Remedy;

        Assert.Contains(SudoPrograms.Text, remedy, StringComparison.Ordinal);
        Assert.Contains("amounts to root", remedy, StringComparison.Ordinal);
    }
}
