namespace TailSplit.Execution.Firewall;

/// <summary>
/// The names of the iptables programs in use. The kernel enforces both stores, and a program sees only its own, so
/// TailSplit writes where Docker writes.
/// </summary>
public enum IptablesVariant
{
    /// <summary><c>iptables</c>, whatever store it has on this host.</summary>
    Default,

    /// <summary><c>iptables-nft</c>, with rules in nf_tables.</summary>
    Nft,

    /// <summary><c>iptables-legacy</c>, with rules in x_tables.</summary>
    Legacy,
}
