using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace TailSplit.Completion;

/// <summary>The typed part of an argument: its text, and its opening quote.</summary>
internal sealed partial record TypedWord(string Text, char? Mark)
{
    public static TypedWord Parse(string? word) => word switch
    {
        ['\'', .. string rest] => new TypedWord(rest.TrimEnd('\'').Replace("''", "'", StringComparison.Ordinal), '\''),
        ['"', .. string rest] => new TypedWord(rest.TrimEnd('"'), '"'),
        _ => new TypedWord(word ?? "", null),
    };

    /// <summary>Whether a value begins with the word, or matches its wildcards.</summary>
    public bool Matches(string value)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(Text))
            return value.StartsWith(Text, StringComparison.OrdinalIgnoreCase);

        try
        {
            return WildcardPattern.Get($"{Text}*", WildcardOptions.IgnoreCase).IsMatch(value);
        }
        catch (WildcardPatternException)
        {
            // The word has an unclosed bracket.
            return false;
        }
    }

    /// <summary>A value as an argument: in the typed quotes, otherwise quoted only if necessary.</summary>
    public string Quote(string value) => Mark == '"'
        ? $"\"{Special().Replace(value, "`$0")}\""
        : Mark is null && Plain().IsMatch(value) ? value : Quoted(value);

    public static string Quoted(string value) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";

    [GeneratedRegex(@"^[\p{L}\p{N}_./:][\p{L}\p{N}_./:-]*$")]
    private static partial Regex Plain();

    [GeneratedRegex("[`$\"]")]
    private static partial Regex Special();
}
