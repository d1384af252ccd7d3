
namespace TailSplit.Core.Iptables;

/// <summary>Why a table is known in part only: it holds rules of nft's own, which iptables can't read.</summary>
/// <param name="Culprit">A foreign chain that has such rules, where that can be told.</param>
public sealed record UnreadableTable(string? Culprit)
{
    /// <summary>Whether the rules are Tailscale's, as in its nftables mode.</summary>
    public bool IsTailscales => Culprit?.StartsWith("ts-", StringComparison.Ordinal) == true;
}
