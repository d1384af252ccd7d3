namespace TailSplit.Core.Model;

/// <summary>How a packet, or the internet traffic of a network, leaves the host.</summary>
public enum Egress
{
    /// <summary>By the ISP: an interface of the host that is not the tunnel.</summary>
    Direct,

    /// <summary>By the tunnel: to the exit node, the tailnet or a subnet router.</summary>
    Tunnel,

    /// <summary>Not at all: routing or the firewall stops it.</summary>
    Blocked,
}
