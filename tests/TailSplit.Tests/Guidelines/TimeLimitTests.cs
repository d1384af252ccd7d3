using System.Text.RegularExpressions;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>No call of another program is without a time limit.</summary>
public sealed partial class TimeLimitTests
{
    // The runner, which limits what it waits for, and the two kinds of programs that it lets run on.
    private static readonly string[] s_starters = ["BackgroundProgram.cs", "MonitorProgram.cs", "ProgramRunner.cs"];

    [Fact]
    public void Programs_are_started_by_the_runner_alone()
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src", "TailSplit.Execution"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
                .Where(file => Starting().IsMatch(File.ReadAllText(file)))
                .Select(file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal),
        ];

        Assert.Equal(s_starters, files);
    }

    /// <summary>Followed programs are not waited for, so only what a watcher follows may be.</summary>
    [Fact]
    public void Only_a_watcher_starts_monitor_programs()
    {
        string[] folders =
        [
            .. Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src"), "*.cs", SearchOption.AllDirectories)
                .Where(file => File.ReadAllText(file).Contains(".FollowAsync(", StringComparison.Ordinal))
                .Where(file => Path.GetFileName(file) != "TrackingRunner.cs")
                .Select(file => Path.GetFileName(Path.GetDirectoryName(file)!))
                .Distinct(),
        ];

        Assert.Equal(["Watching"], folders);
    }

    [GeneratedRegex(@"Cli\.Wrap\(|\.ExecuteAsync\(|Process\.Start\(|new ProcessStartInfo")]
    private static partial Regex Starting();
}
