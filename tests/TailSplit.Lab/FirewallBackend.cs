namespace TailSplit.Lab;

/// <summary>What a lab's policies are written with.</summary>
public enum FirewallBackend
{
    /// <summary>iptables, as on an ordinary Docker host.</summary>
    Iptables,

    /// <summary>TailSplit's table in nf_tables, by <c>-FirewallBackend Nftables</c> on every command.</summary>
    Nftables,
}
