namespace TailSplit.Lab.Recipes;

/// <summary>A command of a recipe.</summary>
/// <param name="Command">A line of a block of commands.</param>
/// <param name="IsFirst">Whether it is the first of its block.</param>
/// <param name="Printed">
/// With the last command of a block: what the block prints, where the page says it; otherwise null.
/// </param>
internal sealed record RecipeStep(string Command, bool IsFirst, string? Printed)
{
    public static IEnumerable<RecipeStep> Of(Recipe recipe) =>
        from pair in recipe.Blocks.Zip(recipe.Blocks.Skip(1).Append(null))
        where pair.First.IsCommand
        let lines = pair.First.Lines
        from line in lines.Index()
        let isLast = line.Index == lines.Length - 1
        select new RecipeStep(
            line.Item, line.Index == 0, isLast && pair.Second is { IsOutput: true } output ? output.Code : null);
}
