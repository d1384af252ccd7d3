using System.Collections.Immutable;

namespace TailSplit.Core.Listing;

/// <summary>The tables of nf_tables, in the order of the kernel.</summary>
public sealed class NativeRuleset
{
    internal NativeRuleset(ImmutableArray<NativeTable> tables) => Tables = tables;

    /// <summary>No table.</summary>
    public static NativeRuleset Empty { get; } = new([]);

    internal ImmutableArray<NativeTable> Tables { get; }

    /// <summary>Parses the output of <c>nft -j list ruleset</c> or <c>nft -j list table</c>.</summary>
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static NativeRuleset Parse(string json) => NativeRulesetJson.Read(json);

    /// <summary>Whether a table of this name exists.</summary>
    public bool Has(string family, string table) => Tables.Any(each => each.Family == family && each.Name == table);

    /// <summary>Whether iptables-nft uses this name for one of its tables.</summary>
    public static bool IsOfIptables(string family, string table) =>
        family is "ip" or "ip6" && table is "raw" or "mangle" or "nat" or "filter" or "security";

    /// <summary>
    /// The chains that forwarded packets can cross, and their rules as text with the elements of the sets that they
    /// use.
    /// </summary>
    /// <param name="unread">Tables of iptables that iptables can't read: only nft lists their rules.</param>
    internal IEnumerable<(string Table, string Chain, IEnumerable<string> Rules)> Texts(
        IReadOnlySet<string> unread) => Tables
        .Where(table => !table.IsIptables || unread.Contains(table.Name))
        .SelectMany(table => table.Chains
            .Where(chain => chain.Hook?.Name is not "output")
            .Select(chain => ($"{table}", chain.Name, chain.Rules.Select(table.TextOf))));

    /// <summary>The same without TailSplit's own table.</summary>
    internal NativeRuleset WithoutOwn() => new([.. Tables.Where(table => !table.IsOwn)]);

    /// <summary>The tables of both.</summary>
    public NativeRuleset With(NativeRuleset other) => new(Tables.AddRange(other.Tables));
}
