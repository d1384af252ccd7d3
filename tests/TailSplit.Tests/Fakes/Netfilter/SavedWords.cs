using System.Text.RegularExpressions;

namespace TailSplit.Tests.Fakes.Netfilter;

/// <summary>The words of a rule as iptables reads and prints them, written without the code under test.</summary>
internal static partial class SavedWords
{
    public static string[] Split(string line) =>
    [
        .. Word().Matches(line).Select(word => Part().Replace(
            word.Value, part => part.Groups["quoted"].Success ? Escaped().Replace(part.Groups["quoted"].Value, "$1") : part.Value))
    ];

    /// <summary>A word that is no comment: bare unless it is empty or has blanks, quotes or backslashes.</summary>
    public static string Quote(string word) => Regex.IsMatch(word, """^[^ \t\r\n"'\\]+$""") ? word : InQuotes(word);

    /// <summary>A comment: bare if it consists of letters, digits, _ and - alone.</summary>
    public static string QuoteComment(string comment) => Regex.IsMatch(comment, "^[A-Za-z0-9_-]+$") ? comment : InQuotes(comment);

    private static string InQuotes(string word) => $"\"{Regex.Replace(word, """["'\\]""", @"\$0")}\"";

    [GeneratedRegex("""("(\\.|[^"\\])*"|[^ \t"])+""")]
    private static partial Regex Word();

    [GeneratedRegex("""
        "(?<quoted>(\\.|[^"\\])*)"
        """)]
    private static partial Regex Part();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escaped();
}
