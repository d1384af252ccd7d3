using System.Text.RegularExpressions;

namespace TailSplit.Lab.Recipes;

/// <summary>Reads docs/recipes.md, so that what the lab runs is what the page says.</summary>
internal static partial class RecipePage
{
    public static IReadOnlyList<Recipe> Recipes { get; } =
    [
        .. Section().Matches(File.ReadAllText(Path.Combine(Pwsh.Project, "docs", "recipes.md")))
            .Select(section => new Recipe(
                section.Groups["title"].Value,
                [.. Block().Matches(section.Groups["text"].Value).Select(
                    block => new RecipeBlock(block.Groups["language"].Value, block.Groups["code"].Value))])),
    ];

    public static Recipe Find(string title) => Recipes.Single(recipe => recipe.Title == title);

    [GeneratedRegex(@"^## (?<title>.+)\n(?<text>(?:(?!## ).*\n?)*)", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
