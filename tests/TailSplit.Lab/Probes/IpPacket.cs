using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab;

/// <summary>A whole IP packet with all its checksums, as nobody fills them in behind a packet socket.</summary>
internal static class IpPacket
{
    private const byte HopLimit = 64;

    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="source">Who is said to have sent it.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="payload">The header of the protocol, whose checksum is still zero, and what follows.</param>
    public static byte[] Build(byte protocol, IPAddress source, IPAddress destination, byte[] payload)
    {
        byte[] addresses = [.. source.GetAddressBytes(), .. destination.GetAddressBytes()];
        byte[] pseudo = [.. addresses, 0, protocol, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
        BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(protocol == (byte)ProtocolType.Tcp ? 16 : 6), Checksum(pseudo));
        byte[] header = source.AddressFamily is AddressFamily.InterNetworkV6
            ? [0x60, 0, 0, 0, (byte)(payload.Length >> 8), (byte)payload.Length, protocol, HopLimit, .. addresses]
            : HeaderV4(protocol, addresses, payload.Length);
        return [.. header, .. payload];
    }

    // RFC 791
    private static byte[] HeaderV4(byte protocol, byte[] addresses, int length)
    {
        byte[] header = [0x45, 0, 0, 0, 0, 1, 0, 0, HopLimit, protocol, 0, 0, .. addresses];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(header.Length + length));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum(header));
        return header;
    }

    // RFC 1071
    private static ushort Checksum(byte[] words)
    {
        uint sum = 0;
        for (int index = 0; index < words.Length; index += 2)
        {
            sum += (uint)((words[index] << 8) | (index + 1 < words.Length ? words[index + 1] : 0));
        }

        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        ushort checksum = (ushort)~sum;
        return checksum == 0 ? ushort.MaxValue : checksum;
    }
}
