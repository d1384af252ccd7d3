using System.Collections.Immutable;

namespace TailSplit.Core.Services;

/// <summary>How a unit runs a script of ours: by which program, with which module, in which environment.</summary>
/// <param name="Program">The words that start a PowerShell: its full path, and for <c>dotnet</c> that of the program it
/// runs.</param>
/// <param name="Module">The full path of the module's manifest.</param>
public sealed record ServiceCommand(ImmutableArray<string> Program, string Module)
{
    /// <summary>Variables that have to be as they were when the service was registered, such as DOCKER_HOST.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>The command line, as a unit has it.</summary>
    public string Line(string script) => UnitWord.Line(
        [.. Program, "-NoProfile", "-NonInteractive", "-Command", $"$ErrorActionPreference = 'Continue'; Import-Module {Literal(Module)}; {script}"]);

    /// <summary>A text as PowerShell reads it: in single quotes. Typographic ones end it as well.</summary>
    public static string Literal(string text) => string.Concat(
        text.Select(letter => letter is '\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b' ? $"{letter}{letter}" : letter.ToString()).Prepend("'").Append("'"));

    public bool Equals(ServiceCommand? other) =>
        other is not null && Program.SequenceEqual(other.Program) && Module == other.Module && Environment.SequenceEqual(other.Environment);

    public override int GetHashCode() => HashCode.Combine(Program.Length, Module, Environment.Length);
}
