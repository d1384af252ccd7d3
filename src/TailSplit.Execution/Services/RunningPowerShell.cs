using TailSplit.Core.Services;
using TailSplit.Execution.Files;

namespace TailSplit.Execution.Services;

/// <summary>The PowerShell of this process.</summary>
public static class RunningPowerShell
{
    /// <summary>Finds the path that units start it by.</summary>
    public static UnitProgram Find() => new PowerShellInstallation(RealPath).Find(ReadProcess());

    /// <summary>The variable that makes this process, but not units, use another Docker; null if none does.</summary>
    public static string? FindOtherDocker()
    {
        string? host = Environment.GetEnvironmentVariable("DOCKER_HOST");
        string? context = Environment.GetEnvironmentVariable("DOCKER_CONTEXT");
        return host is { Length: > 0 } and not ("unix:///var/run/docker.sock" or "unix:///run/docker.sock")
            ? $"DOCKER_HOST={host}"
            : context is { Length: > 0 } and not "default" ? $"DOCKER_CONTEXT={context}" : null;
    }

    private static PowerShellProcess ReadProcess() => new(
        Environment.ProcessPath ?? "", Path.GetFullPath(Environment.GetCommandLineArgs()[0]))
    {
        SearchPath = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            ':', StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted)],
    };

    private static string? RealPath(string path) =>
        WalkedPath.Of(path) is { Status.Kind: Core.Trust.HopKind.File } walked ? walked.Target : null;
}
