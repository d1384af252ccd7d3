using System.Diagnostics;
using TailSplit.Tests.Guidelines;
using Xunit;

namespace TailSplit.Tests.Package;

/// <summary>The module as it is packed for the Gallery, twice: each time compiled from the sources.</summary>
public sealed class PackedModule : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tailsplit-package-");

    public static string Version { get; } = SourceTree.Module.GetName().Version!.ToString(3);

    /// <summary>What is in out/TailSplit/&lt;version&gt; after build.ps1 Pack.</summary>
    public string Folder => Path.Combine(_folder.FullName, "first", "TailSplit", Version);

    /// <summary>The same, made a second time.</summary>
    public string Again => Path.Combine(_folder.FullName, "again", "TailSplit", Version);

    public string Package => Path.Combine(_folder.FullName, "first", $"TailSplit.{Version}.nupkg");

    public async ValueTask InitializeAsync()
    {
        await Pack("first");
        await Pack("again");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    public static string[] Files(string folder) => [.. Directory
        .GetFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(folder, file))
        .Order(StringComparer.Ordinal)];

    // No server of the build outlives it.
    private async Task Pack(string name)
    {
        ProcessStartInfo start = new("dotnet",
        [
            "build", Path.Combine(SourceTree.Root, "src", "TailSplit"), "--no-restore", "-t:PackModule",
            $"-p:PackFolder={Path.Combine(_folder.FullName, name)}",
            "-p:CompileTarget=Rebuild", "-nodeReuse:false", "-p:UseSharedCompilation=false", "--nologo", "--verbosity",
            "quiet",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        limit.CancelAfter(s_patience);
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token) + await error;
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, output);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
