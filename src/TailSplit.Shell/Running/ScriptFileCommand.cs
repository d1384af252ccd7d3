using System.Management.Automation.Language;
using System.Text;
using System.Text.RegularExpressions;

namespace TailSplit.Shell.Running;

/// <summary>
/// The statement that calls a script file. Called from a statement, and not as the command of a pipeline, because only
/// then does <c>$?</c> say whether the script left by <c>exit N</c>.
/// </summary>
internal static partial class ScriptFileCommand
{
    public static string Compose(string path, IEnumerable<string> arguments)
    {
        StringBuilder statement = new($"& {Quoted(path)}");
        foreach (string argument in arguments)
            statement.Append(' ').Append(Argument(argument));

        return statement.ToString();
    }

    private static string Argument(string argument)
    {
        Match parameter = ParameterPattern().Match(argument);
        if (!parameter.Success)
            return Quoted(argument);

        // As in pwsh: a switch can be given its value only by one of these words.
        string value = parameter.Groups["value"].Value;
        return parameter.Groups["name"].Value + value.ToLowerInvariant() switch
        {
            "" => "",
            ":" => ":",
            ":$true" or ":true" => ":$true",
            ":$false" or ":false" => ":$false",
            _ => ":" + Quoted(value[1..]),
        };
    }

    private static string Quoted(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    [GeneratedRegex(@"\A(?<name>-[A-Za-z_][A-Za-z0-9_]*)(?<value>:.*)?\z", RegexOptions.Singleline)]
    private static partial Regex ParameterPattern();
}
