using System.Collections.Immutable;

namespace TailSplit.Core.Tracing.Native;

/// <summary>The tables of nf_tables in the order in which the kernel lists them.</summary>
public sealed class NativeRuleset
{
    internal NativeRuleset(ImmutableArray<NativeTable> tables) => Tables = tables;

    /// <summary>No table at all.</summary>
    public static NativeRuleset Empty { get; } = new([]);

    internal ImmutableArray<NativeTable> Tables { get; }

    /// <summary>Reads what <c>nft -j list ruleset</c> or <c>nft -j list table</c> printed.</summary>
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static NativeRuleset Parse(string json) => NativeRulesetJson.Read(json);

    /// <summary>Whether there is a table of this name.</summary>
    public bool Has(string family, string table) => Tables.Any(each => each.Family == family && each.Name == table);

    /// <summary>Whether iptables-nft has this name for a table of its own.</summary>
    public static bool IsOfIptables(string family, string table) =>
        family is "ip" or "ip6" && table is "raw" or "mangle" or "nat" or "filter" or "security";

    /// <summary>The tables of both.</summary>
    public NativeRuleset With(NativeRuleset other) => new(Tables.AddRange(other.Tables));
}
