namespace TailSplit.Core.Nftables;

/// <summary>TailSplit's own table. It holds everything that TailSplit has in nf_tables, for both families.</summary>
public sealed record NftTable() : NftObject(family: null)
{
    internal override string Place => $"table {TablePlace}";

    internal override string Definition => "";

    internal override string Reference => "";
}
