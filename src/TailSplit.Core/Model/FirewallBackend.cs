namespace TailSplit.Core.Model;

/// <summary>What writes a policy's firewall rules.</summary>
public enum FirewallBackend
{
    /// <summary>
    /// The backend that has the policy's rules already; else that of other policies; else iptables where Docker's rules
    /// are in it and all its tables can be read; else nftables.
    /// </summary>
    Auto,

    /// <summary>iptables and ip6tables: DOCKER-USER and chains of TailSplit's own.</summary>
    Iptables,

    /// <summary>The table <c>inet tailsplit</c>, written by nft.</summary>
    Nftables,
}
