namespace TailSplit.Lab.Recipes;

/// <summary>A section of docs/recipes.md.</summary>
public sealed record Recipe(string Title, IReadOnlyList<RecipeBlock> Blocks);
