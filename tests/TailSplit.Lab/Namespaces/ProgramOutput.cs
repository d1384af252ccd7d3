namespace TailSplit.Lab;

/// <summary>What a program left behind.</summary>
public sealed record ProgramOutput(string CommandLine, int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    public ProgramOutput OrThrow() =>
        Succeeded
            ? this
            : throw new InvalidOperationException(
                $"'{CommandLine}' ended with {ExitCode}: {Error.Trim()} {Output.Trim()}");
}
