using System.Text;

namespace TailSplit.Core.Text;

/// <summary>
/// Splits a line of iptables-save into words, as iptables-restore does (add_param_to_argv in iptables/xshared.c):
/// blanks separate words, double quotes join them, a backslash inside quotes takes the next character as it is.
/// </summary>
public static class ShellWords
{
    public static IReadOnlyList<string> Split(ReadOnlySpan<char> line)
    {
        List<string> words = new(16);
        StringBuilder word = new();
        bool quoted = false;
        bool open = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quoted)
            {
                if (c == '\\' && i + 1 < line.Length)
                    word.Append(line[++i]);
                else if (c == '"')
                    quoted = false;
                else
                    word.Append(c);
            }
            else if (c == '"')
            {
                quoted = true;
                open = true;
            }
            else if (c is ' ' or '\t')
            {
                if (open || word.Length > 0)
                    words.Add(word.ToString());

                word.Clear();
                open = false;
            }
            else
            {
                word.Append(c);
            }
        }

        if (open || word.Length > 0)
            words.Add(word.ToString());

        return words;
    }
}
