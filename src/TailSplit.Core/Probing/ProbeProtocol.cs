namespace TailSplit.Core.Probing;

/// <summary>The protocol of a probe.</summary>
public enum ProbeProtocol
{
    /// <summary>An echo request (RFC 792, RFC 4443).</summary>
    Icmp,

    /// <summary>The SYN that opens a connection.</summary>
    Tcp,

    /// <summary>A datagram with a DNS query.</summary>
    Udp,
}
