using System.Text.RegularExpressions;
using TailSplit.Tests.Guidelines;
using Xunit;

namespace TailSplit.Tests.Readme;

/// <summary>Every recipe of docs/recipes.md is run by the lab.</summary>
public sealed partial class RecipePageTests
{
    public static TheoryData<string> Titles =>
        [.. Heading().Matches(Page.Text("docs/recipes.md")).Select(match => match.Groups["title"].Value)];

    [Theory]
    [MemberData(nameof(Titles))]
    public void A_recipe_is_run_by_a_test_of_the_lab(string title) => Assert.Contains(
        $"Open(\"{title}\")",
        File.ReadAllText(Path.Combine(SourceTree.Root, "tests", "TailSplit.Lab", "Recipes", "RecipeTests.cs")),
        StringComparison.Ordinal);

    [GeneratedRegex("^## (?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
