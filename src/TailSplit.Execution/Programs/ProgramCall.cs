using System.Collections.Immutable;

namespace TailSplit.Execution.Programs;

/// <summary>A program to run: its name, its arguments and its input.</summary>
public sealed record ProgramCall(string Program, params ImmutableArray<string> Arguments)
{
    /// <summary>The text for its standard input; null for none.</summary>
    public string? Input { get; init; }

    /// <summary>Whether it must run as root.</summary>
    public bool NeedsRoot { get; init; }

    /// <summary>How long it may run. Then it is ended, and the call fails.</summary>
    public TimeSpan Limit => ProgramLimit.Of(this);

    public override string ToString() => string.Join(' ', Arguments.Prepend(Program));
}

/// <summary>The output and exit code of a program.</summary>
public sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The error message of the program: its standard error, without the line break.</summary>
    public string Complaint => Error.Trim() is { Length: > 0 } error ? error : $"exit code {ExitCode}";
}
