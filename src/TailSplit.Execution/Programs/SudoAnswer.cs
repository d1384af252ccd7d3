namespace TailSplit.Execution.Programs;

/// <summary>
/// Tells the words of sudo from those of the program that it runs, both of which come by standard error. sudo ends with
/// 1 where it refuses, and so does many a program that fails.
/// </summary>
internal static class SudoAnswer
{
    private const string Prefix = "sudo:";

    // With these it runs the program anyway.
    private static readonly string[] s_warnings =
        ["unable to resolve host", "unable to send audit message", "setrlimit(", "unable to mkdir", "unable to stat"];

    /// <summary>Why sudo did not run the program, in its own words; null where it did.</summary>
    public static string? Refusal(ProgramResult result)
    {
        if (result.ExitCode != 1)
            return null;

        string[] lines = Lines(result.Error);
        if (lines.FirstOrDefault(Refuses) is string refusal)
            return refusal;

        // What sudo says alone, beside warnings, is why there is nothing of the program.
        return lines.All(IsSudos) ? lines.FirstOrDefault(line => !Warns(line)) : null;
    }

    /// <summary>The result with what the program itself said.</summary>
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

    // sudo: "a password is required", "a terminal is required to ..."; sudo-rs: "interactive authentication is required",
    // "I'm sorry nobody. I'm afraid I can't do that". Without the prefix, in plugins/sudoers: "Sorry, user nobody is not
    // allowed to execute ...", "nobody is not in the sudoers file."
    private static bool Refuses(string line) => IsSudos(line)
        ? line.EndsWith(" is required", StringComparison.Ordinal)
            || line.Contains(" is required to ", StringComparison.Ordinal)
            || line.Contains("I'm sorry", StringComparison.Ordinal)
        : (line.StartsWith("Sorry, user ", StringComparison.Ordinal) && line.Contains(" may not run sudo", StringComparison.Ordinal))
            || (line.StartsWith("Sorry, user ", StringComparison.Ordinal)
                && line.Contains(" is not allowed to ", StringComparison.Ordinal))
            || line.Contains(" is not in the sudoers file", StringComparison.Ordinal);
}
