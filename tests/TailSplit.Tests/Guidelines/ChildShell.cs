using System.Diagnostics;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>
/// The built TailSplit.Shell with the built module in a process of its own, away from the copies that tests refer to.
/// </summary>
internal static class ChildShell
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static string Program
    {
        get
        {
            // .../tests/TailSplit.Tests/bin/<Configuration>/net10.0
            DirectoryInfo framework = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
            return Path.Combine(
                SourceTree.Root, "src/TailSplit.Shell/bin", framework.Parent!.Name, framework.Name,
                "TailSplit.Shell.dll");
        }
    }

    /// <summary>Runs a script and returns the lines that it prints.</summary>
    public static Task<string[]> RunAsync(string script) => RunAsync("dotnet", [Program, "-Command", script], null);

    /// <summary>Runs a script as a user who is not root, with this folder first in PATH.</summary>
    public static Task<string[]> RunAsNobodyAsync(string script, string folder)
    {
        const string SetPriv = "/usr/bin/setpriv";
        string path = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}";
        if (!Environment.IsPrivilegedProcess)
            return RunAsync("dotnet", [Program, "-Command", script], path);

        Assert.SkipUnless(File.Exists(SetPriv), $"{SetPriv} of util-linux is not there to become somebody else.");
        Assert.SkipUnless(Parents(Program).All(IsOpenToOthers), $"Nobody else can enter a folder above {Program}.");
        return RunAsync(
            SetPriv, ["--reuid=65534", "--regid=65534", "--clear-groups", "dotnet", Program, "-Command", script], path);
    }

    private static async Task<string[]> RunAsync(string program, string[] arguments, string? path)
    {
        ProcessStartInfo start =
            new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TAILSPLIT_MODULE"] = SourceTree.Manifest;
        if (path is not null)
        {
            start.Environment["PATH"] = path;
            start.Environment["HOME"] = Path.GetTempPath();
        }

        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        limit.CancelAfter(s_patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        string error = await process.StandardError.ReadToEndAsync(limit.Token);
        string text = await output;
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal("", error);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool IsOpenToOthers(string folder) =>
        OperatingSystem.IsLinux() && (File.GetUnixFileMode(folder) & UnixFileMode.OtherExecute) != 0;

    private static IEnumerable<string> Parents(string path)
    {
        for (DirectoryInfo? folder = Directory.GetParent(path); folder is not null; folder = folder.Parent)
            yield return folder.FullName;
    }
}
