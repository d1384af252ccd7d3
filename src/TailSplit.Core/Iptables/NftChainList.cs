namespace TailSplit.Core.Iptables;

/// <summary>Reads what <c>nft list chains</c> prints: the chains of every table, without their rules.</summary>
public static class NftChainList
{
    /// <summary>
    /// Whether a chain of TailSplit is in a table of the families that iptables-nft uses. TailSplit's own nftables
    /// table is of the family inet.
    /// </summary>
    public static bool HasOwnOfIptables(string text)
    {
        bool isOfIptables = false;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("table "))
                isOfIptables = line.StartsWith("table ip ") || line.StartsWith("table ip6 ");
            else if (isOfIptables && line.Trim() is ['c', 'h', 'a', 'i', 'n', ' ', .. ReadOnlySpan<char> name]
                && OwnChains.IsOwn(name))
                return true;
        }

        return false;
    }
}
