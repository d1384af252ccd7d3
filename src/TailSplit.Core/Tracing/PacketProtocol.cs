namespace TailSplit.Core.Tracing;

/// <summary>What a traced packet is.</summary>
public enum PacketProtocol
{
    /// <summary>The first packet of a TCP connection.</summary>
    Tcp,

    /// <summary>A datagram, the first of its flow.</summary>
    Udp,

    /// <summary>An echo request: a ping.</summary>
    Icmp,

    /// <summary>A packet of another protocol, such as GRE or ESP.</summary>
    Other,
}
