using System.Globalization;
using System.Text;

namespace TailSplit.Core.Mapping;

/// <summary>
/// Text in a drawing: escaped, with an estimated width, since no font can be measured here.
/// </summary>
internal static class SvgText
{
    /// <summary>The advance of a monospaced character, in parts of the size.</summary>
    private const double Monospaced = 0.61;

    public static string Escape(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (char character in MapText.Clean(text))
        {
            _ = character switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                _ => escaped.Append(character),
            };
        }

        return escaped.ToString();
    }

    /// <summary>The width of a text in the system's sans serif, rather too wide than too narrow.</summary>
    public static double Width(string text, double size) => size * text.EnumerateRunes().Sum(Advance);

    public static double MonospacedWidth(string text, double size) => size * Monospaced * text.Length;

    /// <summary>The part of a text that fits, with an ellipsis if it is cut.</summary>
    public static string Fit(string text, double size, double width)
    {
        string clean = MapText.Clean(text);
        if (Width(clean, size) <= width)
            return clean;

        int length = clean.Length;
        while (length > 1 && Width(MapText.Cut(clean, length), size) > width)
            length--;

        // No half of a surrogate pair before the ellipsis.
        return MapText.Clean(MapText.Cut(clean, length)).Replace("?…", "…", StringComparison.Ordinal);
    }

    /// <summary>A number for SVG, rounded to visible digits.</summary>
    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static double Advance(Rune rune) => rune.Value switch
    {
        'i' or 'j' or 'l' or '.' or ',' or ':' or ';' or '\'' or '|' or '!' => 0.29,
        ' ' or 'f' or 't' or 'r' or 'I' or '(' or ')' or '/' or '-' => 0.38,
        'm' or 'w' or 'M' or 'W' or '@' => 0.9,
        >= 'A' and <= 'Z' => 0.69,
        < 0x250 => 0.59,
        _ => 1.05,
    };
}
