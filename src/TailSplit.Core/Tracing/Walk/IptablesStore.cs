using TailSplit.Core.Iptables;
using TailSplit.Core.Listing;
using TailSplit.Core.Tracing.Xtables;

namespace TailSplit.Core.Tracing.Walk;

/// <summary>
/// The tables of one store of one family's iptables. Where iptables can't read a table of nf_tables, nft's view of it
/// fills the gap.
/// </summary>
/// <param name="saved">The output of iptables-save, or what else is known.</param>
/// <param name="program">The program that writes there, for command lines.</param>
/// <param name="native">The tables of iptables' names in nf_tables; none for x_tables.</param>
/// <param name="rules">Evaluates rules of iptables.</param>
/// <param name="chains">Makes chains of nft.</param>
internal sealed class IptablesStore(
    SavedRuleset saved,
    string program,
    IReadOnlyDictionary<string, NativeTable> native,
    IptablesRules rules,
    NativeChains chains)
{
    private readonly Dictionary<string, SavedTable> _saved =
        saved.Tables.ToDictionary(table => table.Name, StringComparer.Ordinal);
    private readonly Dictionary<string, IptablesTraceTable?> _tables = new(StringComparer.Ordinal);

    public string Program => program;

    /// <summary>Whether iptables reads a table at all, if not the whole of it.</summary>
    public bool Has(string table) => _saved.ContainsKey(table) || native.ContainsKey(table);

    public IptablesTraceTable? Table(string table)
    {
        if (!_tables.TryGetValue(table, out IptablesTraceTable? made))
        {
            _tables[table] = made = Has(table)
                ? new IptablesTraceTable(
                    table, _saved.GetValueOrDefault(table), native.GetValueOrDefault(table), program, rules, chains)
                : null;
        }

        return made;
    }

    /// <summary>Why a table is known only in part; null if it is known.</summary>
    public string? Unseen(string table)
    {
        if (native.ContainsKey(table))
            return null;

        return _saved.GetValueOrDefault(table)?.Unreadable is not null || saved.LeftOut.Contains(table)
            ? $"the table {table}, which {program} can't read: nft rules are in it"
            : saved.WithOtherBaseChains.Contains(table)
                ? $"base chains of nft's own in the table {table}"
                : null;
    }
}
