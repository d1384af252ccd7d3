namespace TailSplit.Execution.Programs;

/// <summary>
/// Separates the messages of sudo from those of the program that it runs. Both print to standard error, and both exit
/// with 1 on a failure.
/// </summary>
internal static class SudoAnswer
{
    private const string Prefix = "sudo:";

    // Warnings after which sudo still runs the program.
    private static readonly string[] s_warnings =
        ["unable to resolve host", "unable to send audit message", "setrlimit(", "unable to mkdir", "unable to stat"];

    /// <summary>The message of a sudo that did not run the program; null if it ran the program.</summary>
    public static string? Refusal(ProgramResult result)
    {
        if (result.ExitCode != 1)
            return null;

        string[] lines = Lines(result.Error);
        if (lines.FirstOrDefault(Refuses) is string refusal)
            return refusal;

        // If only sudo printed messages, the first one that is no warning says why the program did not run.
        return lines.All(IsSudos) ? lines.FirstOrDefault(line => !Warns(line)) : null;
    }

    /// <summary>The result without the messages of sudo.</summary>
    public static ProgramResult Without(ProgramResult result) => Lines(result.Error).Any(IsSudos)
        ? result with
        {
            Error = string.Concat(Lines(result.Error).Where(line => !IsSudos(line)).Select(line => line + "\n")),
        }
        : result;

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsSudos(string line) => line.StartsWith(Prefix, StringComparison.Ordinal);

    private static bool Warns(string line) =>
        s_warnings.Any(warning => line.Contains(warning, StringComparison.Ordinal));

    // sudo: "a password is required", "a terminal is required to ..."; sudo-rs: "interactive authentication is
    // required", "I'm sorry nobody. I'm afraid I can't do that". plugins/sudoers prints without the prefix.
    private static bool Refuses(string line) => IsSudos(line)
        ? line.EndsWith(" is required", StringComparison.Ordinal)
            || line.Contains(" is required to ", StringComparison.Ordinal)
            || line.Contains("I'm sorry", StringComparison.Ordinal)
        : (line.StartsWith("Sorry, user ", StringComparison.Ordinal)
                && line.Contains(" may not run sudo", StringComparison.Ordinal))
            || (line.StartsWith("Sorry, user ", StringComparison.Ordinal)
                && line.Contains(" is not allowed to ", StringComparison.Ordinal))
            || line.Contains(" is not in the sudoers file", StringComparison.Ordinal);
}
