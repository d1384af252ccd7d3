namespace TailSplit.Core.Model;

/// <summary>Foreign text for a message: on one line, without characters that move a cursor.</summary>
internal static class QuotedText
{
    private const int LongestName = 80;

    // More than any tool says about a failure; a program that prints without end does not fill the screen.
    private const int LongestOutput = 4000;

    /// <summary>A name or a value that somebody chose, shortened if it is long.</summary>
    public static string Of(string? text) => OneLine(Cut(text ?? "", LongestName));

    /// <summary>The whole output of a program or the system, with a space between its lines.</summary>
    public static string Whole(string? text) => OneLine(Cut(
        string.Join(' ', (text ?? "").Split(
            ['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        LongestOutput));

    /// <summary>The whole text, such as a path, which would be useless if it were cut.</summary>
    public static string OneLine(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (int i = 0; i < span.Length; i++)
            span[i] = char.IsControl(source[i]) ? '?' : source[i];
    });

    private static string Cut(string text, int longest) =>
        text.Length <= longest ? text : string.Concat(text.AsSpan(0, longest), "...");
}
