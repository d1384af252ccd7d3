using System.Collections.Immutable;

namespace TailSplit.Execution.Programs;

/// <summary>A program to run: its name, its arguments, what it reads.</summary>
public sealed record ProgramCall(string Program, params ImmutableArray<string> Arguments)
{
    /// <summary>What it gets on standard input; null for nothing.</summary>
    public string? Input { get; init; }

    /// <summary>Whether it reads or writes the kernel's rules, for which it must be root.</summary>
    public bool NeedsRoot { get; init; }

    /// <summary>How long it may run: then it is ended, and the call fails.</summary>
    public TimeSpan Limit => ProgramLimit.Of(this);

    public override string ToString() => string.Join(' ', Arguments.Prepend(Program));
}

/// <summary>What a program printed, and the code that it ended with.</summary>
public sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>Its own words about what went wrong: standard error, without the line break.</summary>
    public string Complaint => Error.Trim() is { Length: > 0 } error ? error : $"exit code {ExitCode}";
}
