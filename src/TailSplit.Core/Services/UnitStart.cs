using System.Collections.Immutable;

namespace TailSplit.Core.Services;

/// <summary>What an installed unit starts.</summary>
/// <param name="Program">The program, and the assembly that dotnet runs.</param>
/// <param name="Module">The module that it imports; null if it imports none.</param>
/// <param name="SearchPath">The folders of its PATH.</param>
public sealed record UnitStart(
    ImmutableArray<string> Program, string? Module, ImmutableArray<string> SearchPath)
{
    private const string Import = "Import-Module '";

    /// <summary>Reads a unit as <see cref="ServiceUnits"/> writes it; null if it starts nothing.</summary>
    public static UnitStart? Of(string unit)
    {
        string[] lines = unit.Split('\n');
        if (ValueOf(lines, "ExecStart=") is not string line)
            return null;

        IReadOnlyList<string> words = UnitWord.Split(line);
        string path = lines
            .Select(each => ValueOf([each], "Environment="))
            .OfType<string>()
            .SelectMany(UnitWord.Split)
            .FirstOrDefault(word => word.StartsWith("PATH=", StringComparison.Ordinal)) ?? "";
        return new UnitStart(
            [.. words.Take(words.Count > 1 && words[1].StartsWith('/') ? 2 : 1)],
            words.Select(ModuleOf).FirstOrDefault(module => module is not null),
            path.Length == 0 ? UnitPath.Folders : [.. path["PATH=".Length..].Split(':')]);
    }

    /// <summary>Every path that must exist.</summary>
    public IEnumerable<string> Paths => Module is null ? Program : Program.Add(Module);

    /// <summary>Whether the program is the shim of a .NET tool, which starts dotnet.</summary>
    /// <param name="exists">Whether a file or folder exists.</param>
    public bool IsTool(Func<string, bool> exists) =>
        Program.Length == 1 && exists($"{System.IO.Path.GetDirectoryName(Program[0])}/.store/powershell");

    private static string? ValueOf(IEnumerable<string> lines, string setting) => lines
        .Where(line => line.StartsWith(setting, StringComparison.Ordinal))
        .Select(line => line[setting.Length..].Trim())
        .LastOrDefault();

    private static string? ModuleOf(string script)
    {
        int start = script.IndexOf(Import, StringComparison.Ordinal);
        if (start < 0)
            return null;

        System.Text.StringBuilder module = new();
        for (int i = start + Import.Length; i < script.Length; i++)
        {
            if (ServiceCommand.Ends(script[i]))
            {
                if (i + 1 == script.Length || script[i + 1] != script[i])
                    break;

                i++;
            }

            module.Append(script[i]);
        }

        return module.ToString();
    }
}
