
namespace TailSplit.Lab.Truth;

/// <summary>What a killed test run leaves is taken down by the next.</summary>
[Collection(typeof(SharedTruthLab))]
public sealed class LeftoversTests(TruthLab truth)
{
    // Above the kernel's highest pid_max, 4194304.
    private const string Orphan = "ts-99999999-1";

    [Fact]
    public async Task A_lab_without_its_process_is_taken_down_and_no_other()
    {
        NetworkNamespace living = truth.Lab.Host;
        Directory.CreateDirectory($"/tmp/{Orphan}");
        await using NetworkNamespace orphan = await NetworkNamespace.Create($"{Orphan}-host");
        await using BackgroundProgram sleeper = BackgroundProgram.Start(
            "nsenter", [$"--net={orphan.FilePath}", "sleep", "60"]);
        await Wait.Until(
            async () => (await Pids(orphan)).Contains($"{sleeper.Id}", StringComparison.Ordinal), "sleep(1)");

        await Leftovers.Sweep();

        Assert.False(sleeper.IsRunning);
        Assert.False(File.Exists(orphan.FilePath));
        Assert.False(Directory.Exists($"/tmp/{Orphan}"));
        Assert.True(File.Exists(living.FilePath));
    }

    private static async Task<string> Pids(NetworkNamespace orphan) =>
        (await Programs.Run("ip", ["netns", "pids", orphan.Name])).Output;
}
