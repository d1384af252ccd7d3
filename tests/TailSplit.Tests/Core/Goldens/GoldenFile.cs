using Xunit;

namespace TailSplit.Tests.Core.Goldens;

/// <summary>
/// A text under tests/TailSplit.Tests/Golden that must come out again byte for byte; UPDATE_GOLDEN=1 writes it again.
/// </summary>
internal static class GoldenFile
{
    public static string Folder { get; } = Find();

    public static void Check(string name, string actual)
    {
        string path = Path.Combine(Folder, name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);

        Assert.True(File.Exists(path), $"There is no {path}: see the README.md beside it.");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    // The sources lie above the build's output; no path of the machine that compiled is asked for.
    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string golden = Path.Combine(folder.FullName, "tests", "TailSplit.Tests", "Golden");
            if (Directory.Exists(golden))
                return golden;
        }

        throw new DirectoryNotFoundException("tests/TailSplit.Tests/Golden, above " + AppContext.BaseDirectory);
    }
}
