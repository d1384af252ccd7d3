using System.Text;

namespace TailSplit.Core.Services;

/// <summary>
/// A word of a command line or of an environment in a systemd unit (systemd.service(5), "Command lines").
/// </summary>
internal static class UnitWord
{
    /// <summary>Quotes a word if necessary. % begins a specifier, $ a variable.</summary>
    /// <param name="word">The word.</param>
    /// <param name="expands">
    /// Whether systemd expands variables in it: in arguments, but not in the first word or in Environment=.
    /// </param>
    public static string Quote(string word, bool expands)
    {
        StringBuilder text = new(word.Length + 2);
        foreach (char letter in word)
        {
            text.Append(letter switch
            {
                '%' => "%%",
                '$' when expands => "$$",
                '\\' => @"\\",
                '"' => "\\\"",
                '\n' => @"\n",
                _ => letter.ToString(),
            });
        }

        bool plain = word.Length > 0
            && !word.Any(letter => char.IsWhiteSpace(letter) || letter is '"' or '\'' or '\\' or ';');
        return plain ? text.ToString() : $"\"{text}\"";
    }

    /// <summary>A whole command line.</summary>
    public static string Line(IEnumerable<string> words) =>
        string.Join(' ', words.Select((word, index) => Quote(word, expands: index > 0)));

    /// <summary>The words of a command line that <see cref="Line"/> wrote.</summary>
    public static IReadOnlyList<string> Split(string line)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char letter = line[i];
            if (letter == '"')
            {
                quoted = !quoted;
            }
            else if (letter == ' ' && !quoted)
            {
                words.Add(word.ToString());
                word.Clear();
            }
            else
            {
                bool stands = i + 1 < line.Length
                    && (letter == '\\' || (letter is '%' or '$' && line[i + 1] == letter));
                word.Append(stands ? Meaning(letter, line[++i]) : letter);
            }
        }

        return [.. words, word.ToString()];
    }

    private static char Meaning(char first, char second) => first == '\\' && second == 'n' ? '\n' : second;
}
