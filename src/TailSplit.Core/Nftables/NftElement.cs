using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>An element of a verdict map: packets with this key go to the chain and do not return.</summary>
/// <param name="Map">The map.</param>
/// <param name="Key">What the packets have in common, as the map's key.</param>
/// <param name="Chain">The chain, of a policy.</param>
public sealed record NftElement(NftMap Map, PacketMatch Key, string Chain) : NftObject(Map.Family)
{
    /// <summary>The details of the owner beyond kind and name; null for none.</summary>
    public string? Comment { get; init; }

    public override RuleOwner? Owner => NftNames.PolicyOf(Chain, Comment);

    internal override string Place => $"element {TablePlace} {Map.Name}";

    internal override string Definition => $"{{ {Item} }}";

    internal override string Reference => $"{{ {KeyText} }}";

    /// <summary>The element within a list.</summary>
    internal string Item => $"{KeyText}{NftMatchText.Comment(Comment)} : goto {Chain}";

    internal string KeyText => Map.Key.Text(Key);
}
