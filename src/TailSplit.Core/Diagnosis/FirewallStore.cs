namespace TailSplit.Core.Diagnosis;

/// <summary>One of the two places where the kernel keeps iptables rules; both are always in force.</summary>
public enum FirewallStore
{
    /// <summary><c>iptables-nft</c>.</summary>
    NfTables,

    /// <summary><c>iptables-legacy</c>.</summary>
    Legacy,
}
