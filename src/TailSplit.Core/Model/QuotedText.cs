namespace TailSplit.Core.Model;

/// <summary>Text of others made fit for a message: on one line, with nothing that moves a cursor.</summary>
internal static class QuotedText
{
    private const int LongestName = 80;

    // More than any tool says about a failure; a program that prints without end does not fill the screen.
    private const int LongestOutput = 4000;

    /// <summary>A name or a value that somebody chose, as much of it as tells which is meant.</summary>
    public static string Of(string? text) => OneLine(Cut(text ?? "", LongestName));

    /// <summary>What a program or the system said, whole: its lines follow each other with a space between.</summary>
    public static string Whole(string? text) => OneLine(Cut(
        string.Join(' ', (text ?? "").Split(
            ['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        LongestOutput));

    /// <summary>The whole text, such as a path, which can't be looked at where it is cut.</summary>
    public static string OneLine(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (int i = 0; i < span.Length; i++)
            span[i] = char.IsControl(source[i]) ? '?' : source[i];
    });

    private static string Cut(string text, int longest) =>
        text.Length <= longest ? text : string.Concat(text.AsSpan(0, longest), "...");
}
