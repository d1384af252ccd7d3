using System.Buffers.Binary;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>
/// Reads captured packets from the IP header on, and finds the probes. Fragments and packets with IPv6 extension
/// headers are never probes.
/// </summary>
public static class ProbePacket
{
    private const int ShortestIPv4Header = 20;
    private const int IPv6Header = 40;
    private const byte SynchroniseAndAcknowledge = 0x12;
    private const byte Synchronise = 0x02;

    /// <summary>Whether the packet is a probe, and which. Never throws, whatever the bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out ProbeMark mark)
    {
        mark = default;
        return packet.Length > 0 && (packet[0] >> 4) switch
        {
            4 => TryReadIPv4(packet, out mark),
            6 => TryReadIPv6(packet, out mark),
            _ => false,
        };
    }

    private static bool TryReadIPv4(ReadOnlySpan<byte> packet, out ProbeMark mark)
    {
        mark = default;
        int header = (packet[0] & 0xf) * 4;
        if (header < ShortestIPv4Header || packet.Length < header)
            return false;

        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3fff) != 0;
        return !isFragment && TryReadMessage(IpFamily.IPv4, packet[9], packet[header..], out mark);
    }

    private static bool TryReadIPv6(ReadOnlySpan<byte> packet, out ProbeMark mark)
    {
        mark = default;
        return packet.Length >= IPv6Header && TryReadMessage(IpFamily.IPv6, packet[6], packet[IPv6Header..], out mark);
    }

    private static bool TryReadMessage(IpFamily family, byte protocol, ReadOnlySpan<byte> message, out ProbeMark mark)
    {
        mark = default;
        return (family, protocol) switch
        {
            (_, IpProtocol.Tcp) => TryReadSyn(message, out mark),
            (_, IpProtocol.Udp) => message.Length >= 8 && ProbeMark.TryFind(ProbeProtocol.Udp, message[8..], out mark),
            (IpFamily.IPv4, IpProtocol.Icmp) => TryReadEcho(message, IpProtocol.EchoRequest, out mark),
            (IpFamily.IPv6, IpProtocol.IcmpV6) => TryReadEcho(message, IpProtocol.EchoRequestV6, out mark),
            _ => false,
        };
    }

    // Every first segment of a connection looks like a probe; only probes have one of their numbers.
    private static bool TryReadSyn(ReadOnlySpan<byte> segment, out ProbeMark mark)
    {
        bool isSyn = segment.Length >= 20 && (segment[13] & SynchroniseAndAcknowledge) == Synchronise;
        mark = isSyn ? new ProbeMark(ProbeProtocol.Tcp, BinaryPrimitives.ReadUInt32BigEndian(segment[4..])) : default;
        return isSyn;
    }

    private static bool TryReadEcho(ReadOnlySpan<byte> message, byte request, out ProbeMark mark)
    {
        mark = default;
        return message.Length >= 8 && message[0] == request
            && ProbeMark.TryFind(ProbeProtocol.Icmp, message[8..], out mark);
    }
}
