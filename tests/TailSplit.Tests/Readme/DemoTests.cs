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
    public async Task It_builds_the_module_alone_says_what_it_does_and_shows_the_rules_of_a_bypass()
    {
        string command = Assert.Single(Page.Blocks("README.md"), block => block.Elsewhere?.EndsWith(
            $"{nameof(DemoTests)}.cs", StringComparison.Ordinal) is true).Code;
        string clone = Path.Combine(_folder.FullName, "clone");
        await Run("git", ["clone", "--quiet", "--no-local", SourceTree.Root, clone], SourceTree.Root);

        string[] said = await Run("sh", ["-c", command], clone);

        Assert.Contains(said, line => line.StartsWith("Planned", StringComparison.Ordinal)
            && line.Contains(" iptables -t mangle ", StringComparison.Ordinal));
        Assert.StartsWith("Planned", said.Last(line => line.Contains("rule add", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        // It says what it does while it builds; docs/performance.md has the times.
        Assert.True(said
            .SkipWhile(line => !line.StartsWith("Building", StringComparison.Ordinal))
            .TakeWhile(line => !line.StartsWith("Time Elapsed", StringComparison.Ordinal))
            .Count() > 1);
        // The help and the tests were not built for it.
        Assert.False(Directory.Exists(Path.Combine(clone, "src", "TailSplit.Help", "bin")));
        Assert.False(Directory.Exists(Path.Combine(clone, "tests", "TailSplit.Tests", "bin")));
    }

    private async Task<string[]> Run(string program, string[] arguments, string folder)
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
        // PowerShell colours redirected output too where TERM names a terminal.
        start.Environment["NO_COLOR"] = "1";
        // No server of the build outlives it.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        limit.CancelAfter(s_patience);
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            List<string> lines = [];
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
                lines.Add(line);

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
