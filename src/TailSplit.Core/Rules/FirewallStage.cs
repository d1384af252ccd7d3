namespace TailSplit.Core.Rules;

/// <summary>The hook at which a firewall rule runs, and what it does there.</summary>
public enum FirewallStage
{
    /// <summary>The packet is forwarded: hook forward. A drop here is the killswitch.</summary>
    Forward,

    /// <summary>The packet is for this host: hook input.</summary>
    Input,

    /// <summary>The source address of a new connection is chosen: hook postrouting, NAT.</summary>
    SourceNat,

    /// <summary>The destination of a new connection is chosen: hook prerouting, NAT.</summary>
    DestinationNat,

    /// <summary>The packet gets its mark before it is routed: hook prerouting.</summary>
    Mark,

    /// <summary>The segment size that a TCP connection offers is lowered: hook forward.</summary>
    SegmentSize,
}
