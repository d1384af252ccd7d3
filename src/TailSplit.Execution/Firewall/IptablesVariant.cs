namespace TailSplit.Execution.Firewall;

/// <summary>
/// Which of the two stores of iptables rules a host uses. Both are always active in the kernel; a tool sees its own
/// only, so TailSplit writes where Docker writes.
/// </summary>
public enum IptablesVariant
{
    /// <summary>What <c>iptables</c> is on this host.</summary>
    Default,

    /// <summary><c>iptables-nft</c>, the rules live in nf_tables.</summary>
    Nft,

    /// <summary><c>iptables-legacy</c>, the rules live in x_tables.</summary>
    Legacy,
}
