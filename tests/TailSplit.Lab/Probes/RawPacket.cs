using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab;

/// <summary>A packet with its IP header, written by hand: its source may be anybody's.</summary>
internal static class RawPacket
{
    private const int UdpHeader = 8;
    private const byte UdpProtocol = 17;
    private const byte HopLimit = 64;

    public static byte[] Build(IPEndPoint source, IPEndPoint destination, ReadOnlySpan<byte> payload)
    {
        byte[] udp = new byte[UdpHeader + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(2), (ushort)destination.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(4), (ushort)udp.Length);
        payload.CopyTo(udp.AsSpan(UdpHeader));
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(6), Checksum(source.Address, destination.Address, udp));
        return Build(source.Address, destination.Address, UdpProtocol, udp);
    }

    /// <summary>A packet of any protocol.</summary>
    public static byte[] Build(IPAddress source, IPAddress destination, byte protocol, byte[] payload) =>
    [
        .. source.AddressFamily is AddressFamily.InterNetworkV6
            ? HeaderV6(source, destination, protocol, payload.Length)
            : HeaderV4(source, destination, protocol, payload.Length),
        .. payload,
    ];

    // RFC 791. The kernel fills in length, id and checksum (raw(7)).
    private static byte[] HeaderV4(IPAddress source, IPAddress destination, byte protocol, int length)
    {
        byte[] header = new byte[20];
        header[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(header.Length + length));
        header[8] = HopLimit;
        header[9] = protocol;
        source.GetAddressBytes().CopyTo(header, 12);
        destination.GetAddressBytes().CopyTo(header, 16);
        return header;
    }

    // RFC 8200
    private static byte[] HeaderV6(IPAddress source, IPAddress destination, byte protocol, int length)
    {
        byte[] header = new byte[40];
        header[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)length);
        header[6] = protocol;
        header[7] = HopLimit;
        source.GetAddressBytes().CopyTo(header, 8);
        destination.GetAddressBytes().CopyTo(header, 24);
        return header;
    }

    // RFC 1071 over the pseudo header of either family; a sum of zero is sent as all ones.
    private static ushort Checksum(IPAddress source, IPAddress destination, byte[] udp)
    {
        byte[] addresses = [.. source.GetAddressBytes(), .. destination.GetAddressBytes()];
        byte[] pseudo = [.. addresses, 0, UdpProtocol, 0, (byte)udp.Length, .. udp];
        uint sum = 0;
        for (int index = 0; index < pseudo.Length; index += 2)
        {
            sum += (uint)((pseudo[index] << 8) | (index + 1 < pseudo.Length ? pseudo[index + 1] : 0));
        }

        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        ushort checksum = (ushort)~sum;
        return checksum == 0 ? ushort.MaxValue : checksum;
    }
}
