using System.Globalization;
using System.Text;
using TailSplit.Core.Model;

namespace TailSplit.Core.Mapping;

/// <summary>Foreign text for a map: Docker's names are plain ASCII, but other tools may allow more.</summary>
internal static class MapText
{
    private const char Ellipsis = '…';

    /// <summary>Without control characters, single surrogates and characters that change the text direction.</summary>
    public static string Clean(string text)
    {
        StringBuilder clean = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isHarmless = Rune.GetUnicodeCategory(rune) is not (
                UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse)
                && rune != Rune.ReplacementChar;
            clean.Append(isHarmless ? rune.ToString() : "?");
        }

        return clean.ToString();
    }

    /// <summary>One column for each character: anything that a terminal might draw wider is a question mark.</summary>
    public static string Narrow(string text) =>
        string.Concat(
            Clean(text).EnumerateRunes().Select(rune => rune.Value is < 0x250 or Ellipsis ? rune.ToString() : "?"));

    /// <summary>A way as a word of Mermaid or CSS.</summary>
    public static string Id(this Egress? way) => way switch
    {
        Egress.Direct => "direct",
        Egress.Tunnel => "tunnel",
        Egress.Blocked => "blocked",
        _ => "unknown",
    };

    /// <summary>At most this many characters; the last is an ellipsis if the text was longer.</summary>
    public static string Cut(string text, int width) =>
        text.Length <= width ? text : width < 1 ? "" : string.Concat(text.AsSpan(0, width - 1), [Ellipsis]);
}
