using System.Collections.Immutable;

namespace TailSplit.Core.Services;

/// <summary>How a unit runs a script of TailSplit.</summary>
/// <param name="Program">The PowerShell that it starts.</param>
/// <param name="Module">The full path of the module: its manifest or its folder.</param>
/// <param name="UsesSnaps">Whether one of the programs that it runs is from a snap.</param>
/// <param name="UsesPodman">Whether it asks Podman.</param>
public sealed record ServiceCommand(UnitProgram Program, string Module, bool UsesSnaps = false,
    bool UsesPodman = false)
{
    /// <summary>The environment of the unit. It has no DOCKER_HOST, since a unit uses this host's own Docker.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Environment
    {
        get
        {
            ImmutableArray<KeyValuePair<string, string>> variables =
            [
                new("HOME", "/root"),
                new("PATH", UnitPath.Value(Program.DotnetFolder)),
                new("POWERSHELL_TELEMETRY_OPTOUT", "1"),
            ];
            return Program.DotnetRoot is string root ? variables.Add(new("DOTNET_ROOT", root)) : variables;
        }
    }

    /// <summary>The command line for ExecStart=.</summary>
    public string Line(string script) => UnitWord.Line(
        [
            .. Program.Words, "-NoProfile", "-NonInteractive", "-Command",
            $"$ErrorActionPreference = 'Continue'; Import-Module {Literal(Module)}; {script}",
        ]);

    /// <summary>A text in single quotes for PowerShell. Typographic quotes also end it.</summary>
    public static string Literal(string text) => string.Concat(
        text.Select(letter => Ends(letter) ? $"{letter}{letter}" : letter.ToString()).Prepend("'").Append("'"));

    /// <summary>Whether a character ends a text in single quotes unless it is doubled.</summary>
    internal static bool Ends(char letter) => letter is '\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b';
}
