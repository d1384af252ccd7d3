namespace TailSplit.Core.Tracing;

/// <summary>What connection tracking knows of a packet.</summary>
public enum Tracking
{
    /// <summary>
    /// It has not seen it yet: it looks at priority -200 (linux/netfilter_ipv4.h, NF_IP_PRI_CONNTRACK).
    /// </summary>
    Pending,

    /// <summary>It follows its connection.</summary>
    Tracked,

    /// <summary>A rule took it out (iptables-extensions(8), CT --notrack).</summary>
    Untracked,
}
