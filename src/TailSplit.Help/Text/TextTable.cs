using Markdig.Extensions.Tables;

namespace TailSplit.Help.Text;

/// <summary>A table as text: in columns if they fit, otherwise an entry for each row.</summary>
internal static class TextTable
{
    private const string Gap = "  ";
    private const int LeastForWords = 30;

    public static IEnumerable<string> Lines(Table table, string indent)
    {
        string[][] rows =
        [
            .. table.OfType<TableRow>().Select(row => row.OfType<TableCell>().Select(PlainText.Of).ToArray())
        ];
        int[] widths =
        [
            .. Enumerable.Range(0, rows[0].Length - 1).Select(column => rows.Max(row => row[column].Length))
        ];
        int used = indent.Length + widths.Sum(width => width + Gap.Length);
        return WrappedText.Width - used < LeastForWords
            ? Entries(rows, indent)
            : Columns(rows, widths, indent, new string(' ', used));
    }

    private static IEnumerable<string> Columns(string[][] rows, int[] widths, string indent, string hanging)
    {
        string[] rule = [.. rows[0].Select(title => new string('-', title.Length))];
        foreach (string[] row in (string[][])[rows[0], rule, .. rows[1..]])
        {
            string head = indent + string.Concat(widths.Select((width, column) => row[column].PadRight(width) + Gap));
            foreach (string line in WrappedText.Lines(row[^1], head, hanging))
                yield return line;
        }
    }

    private static IEnumerable<string> Entries(string[][] rows, string indent)
    {
        string[] titles = rows[0];
        foreach (string[] row in rows.Skip(1))
        {
            foreach (string line in WrappedText.Lines(row[0], indent, $"{indent}  "))
                yield return line;

            for (int column = 1; column < row.Length; column++)
            {
                foreach (string line in WrappedText.Lines(
                    $"{titles[column]}: {row[column]}", $"{indent}    ", $"{indent}      "))
                    yield return line;
            }

            yield return "";
        }
    }
}
