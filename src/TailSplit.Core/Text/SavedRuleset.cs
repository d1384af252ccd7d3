using TailSplit.Core.Rules;

namespace TailSplit.Core.Text;

/// <summary>
/// What <c>iptables-save -c</c> printed for one family, every table and chain of it. Rules are kept as places in the text
/// and read only when asked for: a host can have tens of thousands that are no business of ours.
/// </summary>
public sealed class SavedRuleset
{
    private readonly Dictionary<string, SavedTable> _tables = new(StringComparer.Ordinal);

    private SavedRuleset()
    {
    }

    public static SavedRuleset Empty { get; } = new();

    public IReadOnlyCollection<SavedTable> Tables => _tables.Values;

    /// <summary>Reads a whole save; lines that are neither table, chain nor rule are passed over, as comments are.</summary>
    public static SavedRuleset Parse(string text)
    {
        SavedRuleset ruleset = new();
        SavedTable? table = null;
        int start = 0;
        while (start < text.Length)
        {
            int end = text.IndexOf('\n', start);
            if (end < 0)
                end = text.Length;

            ReadOnlySpan<char> line = text.AsSpan(start, end - start);
            switch (line.Length > 0 ? line[0] : '#')
            {
                case '*':
                    table = ruleset.Table(line[1..].TrimEnd().ToString());
                    break;
                case ':':
                    table?.Declare(line[1..]);
                    break;
                case '-' or '[':
                    table?.Add(new SavedRule(text, start, end - start));
                    break;
            }

            start = end + 1;
        }

        return ruleset;
    }

    public SavedTable? Find(FirewallTable table) => _tables.GetValueOrDefault(table.NameOf());

    public SavedChain? Find(FirewallTable table, string chain) => Find(table)?.Find(chain);

    private SavedTable Table(string name)
    {
        if (!_tables.TryGetValue(name, out SavedTable? table))
            _tables[name] = table = new SavedTable(name);

        return table;
    }
}
