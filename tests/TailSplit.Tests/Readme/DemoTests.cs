using System.Diagnostics;
using TailSplit.Tests.Guidelines;
using Xunit;

namespace TailSplit.Tests.Readme;

/// <summary>The command of the README that shows what TailSplit does, in a clean clone.</summary>
public sealed class DemoTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tailsplit-demo-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_builds_the_module_alone_without_five_seconds_of_silence_and_shows_the_rules_of_a_bypass()
    {
        string command = Assert.Single(Page.Blocks("README.md"), block => block.Elsewhere?.EndsWith(
            $"{nameof(DemoTests)}.cs", StringComparison.Ordinal) is true).Code;
        string clone = Path.Combine(_folder.FullName, "clone");
        await Run("git", ["clone", "--quiet", "--no-local", SourceTree.Root, clone], SourceTree.Root);

        (string Line, TimeSpan At)[] said = await Run("sh", ["-c", command], clone);

        Assert.Contains(said, said => said.Line.StartsWith("Planned", StringComparison.Ordinal)
            && said.Line.Contains(" iptables -t mangle ", StringComparison.Ordinal));
        Assert.StartsWith("Planned", said.Last(said => said.Line.Contains("rule add", StringComparison.Ordinal)).Line,
            StringComparison.Ordinal);
        // While it builds; how long PowerShell itself takes to start depends on what else the machine does.
        (string Line, TimeSpan At)[] building = [.. said
            .SkipWhile(said => !said.Line.StartsWith("Building", StringComparison.Ordinal))
            .TakeWhile(said => !said.Line.StartsWith("Time Elapsed", StringComparison.Ordinal))];
        Assert.NotEmpty(building);
        Assert.All(building.Skip(1).Zip(building), pair => Assert.True(
            pair.First.At - pair.Second.At < TimeSpan.FromSeconds(5),
            $"Silent for {pair.First.At - pair.Second.At} after '{pair.Second.Line}'."));
        // The help and the tests were not built for it.
        Assert.False(Directory.Exists(Path.Combine(clone, "src", "TailSplit.Help", "bin")));
        Assert.False(Directory.Exists(Path.Combine(clone, "tests", "TailSplit.Tests", "bin")));
    }

    private async Task<(string Line, TimeSpan At)[]> Run(string program, string[] arguments, string folder)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Where the tests run as root, the repository may be somebody else's.
        string configuration = Path.Combine(_folder.FullName, "gitconfig");
        await File.WriteAllTextAsync(configuration, "[safe]\n\tdirectory = *\n");
        start.Environment["GIT_CONFIG_GLOBAL"] = configuration;
        // No server of the build outlives it.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        long begin = TimeProvider.System.GetTimestamp();
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        limit.CancelAfter(s_patience);
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            List<(string, TimeSpan)> lines = [];
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
                lines.Add((line, TimeProvider.System.GetElapsedTime(begin)));

            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"{await error}{string.Join('\n', lines)}");
            return [.. lines];
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
