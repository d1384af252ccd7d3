using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace TailSplit.Tests.Readme;

/// <summary>Draws lines of a terminal, with their colours, as an SVG picture.</summary>
internal static partial class TerminalPicture
{
    private const int Columns = 80;
    private const double CharacterWidth = 8.4;
    private const int LineHeight = 19;
    private const int Margin = 16;

    /// <param name="lines">The lines, with SGR escape sequences (ECMA-48).</param>
    public static string Draw(IReadOnlyList<string> lines)
    {
        int width = (int)Math.Ceiling(Columns * CharacterWidth) + (2 * Margin);
        int height = (lines.Count * LineHeight) + (2 * Margin);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">
            <title>A terminal with the output of three TailSplit commands</title>
            <rect width="{width}" height="{height}" rx="8" fill="#1e2127"/>
            <g font-family="ui-monospace, 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#d7dae0" xml:space="preserve">

            """);
        for (int i = 0; i < lines.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin}\" y=\"{Margin + (i * LineHeight) + 14}\">");
            svg.Append(Spans(lines[i])).Append("</text>\n");
        }

        return svg.Append("</g>\n</svg>\n").ToString();
    }

    private static string Spans(string line)
    {
        StringBuilder text = new();
        string colour = "";
        foreach (Match part in Part().Matches(line))
        {
            if (part.Groups["code"].Success)
                colour = ColourOf(part.Groups["code"].Value);
            else if (colour.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"<tspan fill=\"{colour}\">{WebUtility.HtmlEncode(part.Value)}</tspan>");
            else
                text.Append(WebUtility.HtmlEncode(part.Value));
        }

        return text.ToString();
    }

    private static string ColourOf(string code) => code switch
    {
        "31" or "91" => "#ef596f",
        "32" or "32;1" or "92" => "#89ca78",
        "33" or "93" => "#e5c07b",
        "36" or "96" => "#2bbac5",
        "90" => "#7f848e",
        _ => "",
    };

    [GeneratedRegex("\u001b\\[(?<code>[0-9;]*)m|[^\u001b]+")]
    private static partial Regex Part();
}
