using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>
/// A pwsh with the built module in a process of its own, away from the copies that tests refer to.
/// </summary>
internal static class ChildPowerShell
{
    // $1 to $3 are what others may not enter where it lies: dotnet, pwsh, and the repository. They are seen in $4 then,
    // within a mount namespace that ends with the process.
    private const string AsNobody =
        """
        set -e
        cd "$4"
        mkdir dotnet pwsh module
        mount --bind "$1" dotnet
        mount --bind "$2" pwsh
        mount --bind "$3" module
        shift 4
        exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // The pwsh of the tool manifest.
    private static string Program { get; } = typeof(ChildPowerShell).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Pwsh")
        .Value!;

    /// <summary>Runs a script and returns the lines that it prints.</summary>
    public static Task<string[]> RunAsync(string script) =>
        RunAsync("dotnet", [Program, .. Options(SourceTree.Root, script)], null);

    /// <summary>Runs a script as a user who is not root, with this folder first in PATH.</summary>
    public static async Task<string[]> RunAsNobodyAsync(string script, string folder)
    {
        string path = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}";
        if (!Environment.IsPrivilegedProcess)
            return await RunAsync("dotnet", [Program, .. Options(SourceTree.Root, script)], path);

        DirectoryInfo open = Directory.CreateTempSubdirectory("tailsplit-nobody-");
        try
        {
            if (OperatingSystem.IsLinux())
                open.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

            string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
            return await RunAsync(
                "unshare",
                [
                    "--mount", "sh", "-c", AsNobody, "sh",
                    dotnet, Path.GetDirectoryName(Program)!, SourceTree.Root, open.FullName,
                    $"{open}/dotnet/dotnet", $"{open}/pwsh/pwsh.dll", .. Options($"{open}/module", script),
                ],
                path);
        }
        finally
        {
            open.Delete(recursive: true);
        }
    }

    private static string[] Options(string root, string script) =>
    [
        "-NoProfile", "-NonInteractive",
        "-Command", $"$manifest = '{root}/TailSplit.psd1'; Import-Module $manifest; {script}",
    ];

    private static async Task<string[]> RunAsync(string program, string[] arguments, string? path)
    {
        ProcessStartInfo start =
            new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
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
}
