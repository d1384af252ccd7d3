namespace TailSplit.Lab;

/// <summary>The way that a packet took, told by the address its receiver saw; or what became of it.</summary>
public enum Way
{
    /// <summary>In clear through the host's uplink.</summary>
    Isp,

    /// <summary>Through the tunnel and out again at the exit node.</summary>
    ExitNode,

    /// <summary>Through the tunnel, to a peer.</summary>
    Tailnet,

    Lan,

    /// <summary>Seen with a foreign address: someone in the internet asked.</summary>
    Internet,

    /// <summary>Seen with an address of a Docker network: it met no NAT.</summary>
    Bridge,

    Loopback,

    Unknown,

    /// <summary>An error came at once: a reset, an ICMP error, or a routing rule's own.</summary>
    Refused,

    /// <summary>No answer within the time allowed.</summary>
    Nowhere,
}
