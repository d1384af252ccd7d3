namespace TailSplit.Lab.Recipes;

/// <summary>
/// A recipe that is being followed: its commands run in the order of the page, and what they print has to be what the
/// page prints below them.
/// </summary>
internal sealed class RecipeProject(Lab lab, Recipe recipe, string folder) : IAsyncDisposable
{
    private readonly Queue<RecipeStep> _steps = new(RecipeStep.Of(recipe));

    // By the commands of this block so far.
    private string _printed = "";

    /// <summary>Runs the page's commands up to the first that begins so.</summary>
    public async Task RunThrough(string beginning)
    {
        RecipeStep? step;
        do
        {
            Assert.True(_steps.TryDequeue(out step), $"'{beginning}' is not on the page.");
            _printed = (step.IsFirst ? "" : _printed) + await Run(step.Command);
            if (step.Printed is not null)
            {
                Assert.Equal(step.Printed, _printed);
            }
        }
        while (!step.Command.StartsWith(beginning, StringComparison.Ordinal));
    }

    /// <summary>Runs the rest of the page's commands.</summary>
    public async Task RunRest()
    {
        while (_steps.TryPeek(out RecipeStep? next))
        {
            await RunThrough(next.Command);
        }
    }

    /// <summary>Runs a command at the same prompt.</summary>
    public async Task<string> Run(string command)
    {
        ShellResult result = await lab.Shell.Run(command);
        Assert.True(result.Succeeded, $"{result}");
        if (command.StartsWith("docker compose", StringComparison.Ordinal))
        {
            lab.SetRpFilter(lab.RpFilter);
            await lab.Tailscale.RefreshNetworks();
        }

        return result.Output;
    }

    public async ValueTask DisposeAsync()
    {
        await lab.Shell.Run("Remove-TailSplitPolicy * | Out-Null");
        await lab.Shell.Run("docker compose down --timeout 0; Set-Location /");
        await lab.Tailscale.RefreshNetworks();
        Directory.Delete(folder, recursive: true);
    }
}
