namespace TailSplit.Core.Model;

/// <summary>Foreign text made fit for an error message: short, and on one line.</summary>
internal static class QuotedText
{
    private const int Longest = 80;

    public static string Of(string? text)
    {
        if (text is null)
            return string.Empty;

        return OneLine(text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "..."));
    }

    /// <summary>The whole text without what moves a cursor: a path that is cut can't be looked at.</summary>
    public static string OneLine(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (int i = 0; i < span.Length; i++)
            span[i] = char.IsControl(source[i]) ? '?' : source[i];
    });
}
