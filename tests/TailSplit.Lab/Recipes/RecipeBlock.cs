namespace TailSplit.Lab.Recipes;

/// <summary>A block of code on the page: a file, commands, or what the commands above it print.</summary>
/// <param name="Language">yaml, powershell, sh or text.</param>
/// <param name="Code">Its lines.</param>
public sealed record RecipeBlock(string Language, string Code)
{
    public bool IsCommand => Language is "powershell" or "sh";

    public bool IsOutput => Language == "text" && FileName is null;

    public string[] Lines => Code.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The name in a first line such as <c># compose.yaml</c>; null for a block that is no file.</summary>
    public string? FileName => Lines[0].Split(' ') is ["#", string name] ? name : null;
}
