namespace TailSplit.Core.Tracing;

/// <summary>The state of a packet in connection tracking.</summary>
public enum Tracking
{
    /// <summary>
    /// Not seen yet: tracking starts at priority -200 (linux/netfilter_ipv4.h, NF_IP_PRI_CONNTRACK).
    /// </summary>
    Pending,

    /// <summary>It follows its connection.</summary>
    Tracked,

    /// <summary>A rule took it out (iptables-extensions(8), CT --notrack).</summary>
    Untracked,
}
