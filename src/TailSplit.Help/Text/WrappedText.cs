namespace TailSplit.Help.Text;

/// <summary>Wraps text to the width of PowerShell's help.</summary>
internal static class WrappedText
{
    public const int Width = 80;

    /// <param name="text">The text.</param>
    /// <param name="first">The prefix of the first line.</param>
    /// <param name="rest">The prefix of the other lines.</param>
    public static IEnumerable<string> Lines(string text, string first, string rest)
    {
        string line = first;
        bool empty = true;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!empty && line.Length + 1 + word.Length > Width)
            {
                yield return line;
                line = rest;
                empty = true;
            }

            line += empty ? word : $" {word}";
            empty = false;
        }

        if (!empty)
            yield return line;
    }
}
