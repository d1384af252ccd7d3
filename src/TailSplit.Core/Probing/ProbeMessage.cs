using System.Buffers.Binary;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>
/// Writes what follows the IP header of a probe, with its checksum; the kernel writes the header itself.
/// </summary>
public static class ProbeMessage
{
    private const int IcmpHeader = 8;
    private const int UdpHeader = 8;
    private const int TcpHeader = 24;
    private const byte Synchronise = 0x02;
    private const ushort Window = 64240;

    // The MTU of every IPv6 link (RFC 8200, 5), less the headers.
    private const ushort SegmentSize = 1220;

    /// <summary>The length of a UDP probe with its header, by which the capture filter finds it.</summary>
    public static int UdpLength { get; } = UdpHeader + DnsQuery.For(default).Length;

    public static byte[] Write(Probe probe, IPAddress source, ushort sourcePort) => probe.Protocol switch
    {
        ProbeProtocol.Icmp => Echo(probe, source),
        ProbeProtocol.Tcp => Syn(probe, source, sourcePort),
        ProbeProtocol.Udp => Datagram(probe, source, sourcePort),
        _ => throw new ArgumentOutOfRangeException(nameof(probe)),
    };

    private static byte[] Echo(Probe probe, IPAddress source)
    {
        byte[] message = [.. new byte[IcmpHeader], .. probe.Mark.Text];
        message[0] = probe.Family == IpFamily.IPv4 ? IpProtocol.EchoRequest : IpProtocol.EchoRequestV6;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), (ushort)probe.Mark.Value);
        message[7] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), probe.Family == IpFamily.IPv4
            ? InternetChecksum.Of(message)
            : InternetChecksum.Of(source, probe.Target, IpProtocol.IcmpV6, message));
        return message;
    }

    private static byte[] Syn(Probe probe, IPAddress source, ushort sourcePort)
    {
        byte[] segment = new byte[TcpHeader];
        BinaryPrimitives.WriteUInt16BigEndian(segment, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)probe.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), probe.Mark.Value);
        segment[12] = TcpHeader / 4 << 4;
        segment[13] = Synchronise;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), Window);
        // The one option: a maximum segment size, of four bytes.
        segment[20] = 2;
        segment[21] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(22), SegmentSize);
        BinaryPrimitives.WriteUInt16BigEndian(
            segment.AsSpan(16), InternetChecksum.Of(source, probe.Target, IpProtocol.Tcp, segment));
        return segment;
    }

    private static byte[] Datagram(Probe probe, IPAddress source, ushort sourcePort)
    {
        byte[] datagram = [.. new byte[UdpHeader], .. DnsQuery.For(probe.Mark)];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)probe.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        ushort checksum = InternetChecksum.Of(source, probe.Target, IpProtocol.Udp, datagram);
        // Zero means no checksum (RFC 768).
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), checksum == 0 ? ushort.MaxValue : checksum);
        return datagram;
    }
}
