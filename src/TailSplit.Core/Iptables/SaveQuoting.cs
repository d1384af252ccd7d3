using System.Buffers;
using System.Text;

namespace TailSplit.Core.Iptables;

/// <summary>
/// Quotes a word as iptables-save does (xtables_save_string in libxtables/xtables.c): in double quotes, with a
/// backslash before quotes and backslashes, unless it is made of harmless characters alone.
/// </summary>
public static class SaveQuoting
{
    // As in libxtables, and the characters of TailSplit's own words outside comments: "-m", "0x80000/0xff0000".
    private static readonly SearchValues<char> s_plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static readonly SearchValues<char> s_needsQuotes = SearchValues.Create(" \t\r\n\"'\\");

    /// <summary>
    /// A word of a rule that isn't a comment: iptables-save leaves these bare unless they hold blanks or quotes.
    /// </summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.AsSpan().IndexOfAny(s_needsQuotes) < 0 ? word : Escape(word);

    /// <summary>A comment, as libxt_comment prints it.</summary>
    public static string QuoteComment(string comment) =>
        comment.Length > 0 && !comment.AsSpan().ContainsAnyExcept(s_plain) ? comment : Escape(comment);

    private static string Escape(string word)
    {
        StringBuilder text = new(word.Length + 2);
        text.Append('"');
        foreach (char c in word)
        {
            if (c is '"' or '\\' or '\'')
                text.Append('\\');

            text.Append(c);
        }

        return text.Append('"').ToString();
    }
}
