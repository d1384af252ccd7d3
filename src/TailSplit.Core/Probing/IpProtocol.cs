using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>Protocol numbers as they stand in an IP header (IANA), and the echo requests of each family.</summary>
public static class IpProtocol
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte IcmpV6 = 58;

    internal const byte EchoRequest = 8;
    internal const byte EchoRequestV6 = 128;

    public static byte Of(ProbeProtocol protocol, IpFamily family) => protocol switch
    {
        ProbeProtocol.Icmp => family == IpFamily.IPv4 ? Icmp : IcmpV6,
        ProbeProtocol.Tcp => Tcp,
        ProbeProtocol.Udp => Udp,
        _ => throw new ArgumentOutOfRangeException(nameof(protocol)),
    };
}
