using System.Collections.Immutable;
using TailSplit.Core.Listing;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>What TailSplit's table holds in the kernel: ours, and what other programs have added.</summary>
public sealed class NftContent
{
    private readonly Lazy<ImmutableArray<LiveFirewallRule>> _rules;

    internal NftContent() => _rules = new(() => [.. NftMeanings.Of(this)]);

    /// <summary>There is no such table.</summary>
    public static NftContent None { get; } = new();

    /// <summary>Whether the table is there.</summary>
    public bool Exists { get; internal init; }

    /// <summary>
    /// All rules of TailSplit's, each with what it means to packets. Chains, maps and what leads to another rule mean
    /// nothing by themselves.
    /// </summary>
    public ImmutableArray<LiveFirewallRule> Rules => _rules.Value;

    /// <summary>Whether TailSplit has anything there.</summary>
    public bool HasOwn => Exists && !Rules.IsEmpty;

    /// <summary>Rules of others in our chains. TailSplit leaves them there, behind its own.</summary>
    public IEnumerable<NftRule> ForeignRules =>
        Chains.SelectMany(chain => chain.Rules).Select(rule => rule.Rule).Where(rule => !rule.IsOurs);

    /// <summary>What else of others is in the table, as nft names it: <c>chain mine</c>, <c>elements of
    /// forward-in</c>.</summary>
    public ImmutableArray<string> ForeignParts { get; internal init; } = [];

    /// <summary>Whether anything in it belongs to another program, so that the table must stay.</summary>
    public bool HasForeign => !ForeignParts.IsEmpty || ForeignRules.Any();

    internal ImmutableArray<LiveNftChain> Chains { get; init; } = [];

    internal ImmutableArray<LiveNftMap> Maps { get; init; } = [];

    /// <summary>Chains, and maps behind an "@", that rules and elements of others lead to.</summary>
    internal ImmutableHashSet<string> NeededByForeign { get; init; } = [];

    /// <summary>Whether another program needs the chain, or has a rule in it.</summary>
    internal bool IsNeeded(LiveNftChain chain) => chain.HasForeign || NeededByForeign.Contains(chain.Chain.Name);

    /// <summary>Whether another program needs the map, or has an element in it.</summary>
    internal bool IsNeeded(LiveNftMap map) => map.HasForeign || NeededByForeign.Contains($"@{map.Map.Name}");

    /// <summary>Reads what <c>nft -j list table inet tailsplit</c> prints.</summary>
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static NftContent Parse(string json) => NftReader.Read(NativeRuleset.Parse(json));
}
