namespace TailSplit.Execution.Programs;

/// <summary>Finds programs in PATH, then in the sbin folders, which the PATH of a user often lacks.</summary>
internal static class ProgramPath
{
    private static readonly string[] s_administrators =
        ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"];

    public static string? Find(string program)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            ':', StringSplitOptions.RemoveEmptyEntries);
        return folders
            .Where(Path.IsPathRooted)
            .Concat(s_administrators)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(IsExecutable);
    }

    /// <summary>The file of a program behind all links; null if it can't be found.</summary>
    public static string? FileOf(string program)
    {
        try
        {
            return Find(program) is not string path
                ? null
                : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return OperatingSystem.IsLinux() && File.Exists(path) && (File.GetUnixFileMode(path) & Execute) != 0;
    }
}
