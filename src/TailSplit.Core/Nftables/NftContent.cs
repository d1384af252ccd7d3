using System.Collections.Immutable;
using TailSplit.Core.Listing;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>The live content of TailSplit's table: its own objects, and those that other programs added.</summary>
public sealed class NftContent
{
    private readonly Lazy<ImmutableArray<LiveFirewallRule>> _rules;

    internal NftContent() => _rules = new(() => [.. NftMeanings.Of(this)]);

    /// <summary>The table does not exist.</summary>
    public static NftContent None { get; } = new();

    /// <summary>Whether the table exists.</summary>
    public bool Exists { get; internal init; }

    /// <summary>
    /// All rules of TailSplit, each with its meaning. Chains, maps and jumps have no meaning by themselves.
    /// </summary>
    public ImmutableArray<LiveFirewallRule> Rules => _rules.Value;

    /// <summary>Whether it has objects of TailSplit.</summary>
    public bool HasOwn => Exists && !Rules.IsEmpty;

    /// <summary>Rules of other programs in TailSplit's chains. They stay there, after its own.</summary>
    public IEnumerable<NftRule> ForeignRules =>
        Chains.SelectMany(chain => chain.Rules).Select(rule => rule.Rule).Where(rule => !rule.IsOurs);

    /// <summary>
    /// Other objects of other programs in the table, as nft names them: <c>chain mine</c>, <c>elements of
    /// forward-in</c>.
    /// </summary>
    public ImmutableArray<string> ForeignParts { get; internal init; } = [];

    /// <summary>Whether anything in it belongs to another program, so that the table must stay.</summary>
    public bool HasForeign => !ForeignParts.IsEmpty || ForeignRules.Any();

    internal ImmutableArray<LiveNftChain> Chains { get; init; } = [];

    internal ImmutableArray<LiveNftMap> Maps { get; init; } = [];

    /// <summary>Chains, and maps with "@" before them, to which rules and elements of other programs lead.</summary>
    internal ImmutableHashSet<string> NeededByForeign { get; init; } = [];

    /// <summary>Whether another program needs the chain, or has a rule in it.</summary>
    internal bool IsNeeded(LiveNftChain chain) => chain.HasForeign || NeededByForeign.Contains(chain.Chain.Name);

    /// <summary>Whether another program needs the map, or has an element in it.</summary>
    internal bool IsNeeded(LiveNftMap map) => map.HasForeign || NeededByForeign.Contains($"@{map.Map.Name}");

    /// <summary>Reads what <c>nft -j list table inet tailsplit</c> prints.</summary>
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static NftContent Parse(string json) => NftReader.Read(NativeRuleset.Parse(json));
}
