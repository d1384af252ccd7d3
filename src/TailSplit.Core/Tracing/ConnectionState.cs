namespace TailSplit.Core.Tracing;

/// <summary>What a packet is to its connection (linux/netfilter/nf_conntrack_common.h, ip_conntrack_info).</summary>
public enum ConnectionState
{
    /// <summary>It is the first one.</summary>
    New,

    /// <summary>It belongs to a connection that has seen packets in both directions.</summary>
    Established,

    /// <summary>It is an ICMP error about a packet of a connection.</summary>
    Related,
}
