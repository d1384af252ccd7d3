namespace TailSplit.Help.Text;

/// <summary>Words in lines no wider than the help of PowerShell.</summary>
internal static class WrappedText
{
    public const int Width = 80;

    /// <param name="text">The words.</param>
    /// <param name="first">What the first line begins with.</param>
    /// <param name="rest">What the others begin with.</param>
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
