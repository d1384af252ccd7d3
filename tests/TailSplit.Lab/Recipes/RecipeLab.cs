namespace TailSplit.Lab.Recipes;

/// <summary>A lab in which the commands of docs/recipes.md can be typed.</summary>
public sealed class RecipeLab() : LabFixture(new())
{
    private string _configuration = "";

    /// <summary>Writes the files of a recipe into a folder, and opens the prompt there.</summary>
    internal async Task<RecipeProject> Open(string title)
    {
        Recipe recipe = RecipePage.Find(title);
        string folder = Path.Combine(Lab.Folder, "recipe");
        Directory.CreateDirectory(folder);
        foreach (RecipeBlock file in recipe.Blocks.Where(block => block.FileName is not null))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, file.FileName!), file.Code);
            await RecipeImages.Import(Lab, file.Code);
        }

        await Lab.Tailscale.Set(new());
        await Lab.Shell.Run($"$env:DOCKER_CONFIG = '{_configuration}'; Set-Location {folder}");
        return new(Lab, recipe, folder);
    }

    protected override Task Prepare(Lab lab)
    {
        _configuration = Compose.Install(lab.Folder);
        return Task.CompletedTask;
    }
}
