namespace TailSplit.Core.Model;

/// <summary>How a packet, or all that a network sends to the internet, leaves the host.</summary>
public enum Egress
{
    /// <summary>By the ISP: an interface of the host that is not the tunnel.</summary>
    Direct,

    /// <summary>By the tunnel: to the exit node, the tailnet or a subnet router.</summary>
    Tunnel,

    /// <summary>Not at all: routing or the firewall stops it.</summary>
    Blocked,
}
