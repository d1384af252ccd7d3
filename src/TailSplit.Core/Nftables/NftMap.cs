namespace TailSplit.Core.Nftables;

/// <summary>
/// A verdict map: it leads a packet to the chain of its policy, at the same cost for one policy and for a thousand.
/// </summary>
public sealed record NftMap(string Name, NftKey Key) : NftObject(Key.Family())
{
    internal override string Place => $"map {TablePlace} {Name}";

    internal override string Definition => $"{{ {Key.Type()} }}";

    internal override string Reference => "";
}
