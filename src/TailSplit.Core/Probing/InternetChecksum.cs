using System.Net;

namespace TailSplit.Core.Probing;

/// <summary>
/// The checksum of RFC 1071, over the pseudo header of RFC 9293 and RFC 8200 if the protocol has one.
/// </summary>
internal static class InternetChecksum
{
    public static ushort Of(ReadOnlySpan<byte> segment) => Fold(Sum(segment));

    public static ushort Of(IPAddress source, IPAddress destination, byte protocol, ReadOnlySpan<byte> segment) => Fold(
        Sum(source.GetAddressBytes())
        + Sum(destination.GetAddressBytes())
        + protocol
        + (uint)segment.Length
        + Sum(segment));

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
            sum += (uint)((bytes[i] << 8) | (i + 1 < bytes.Length ? bytes[i + 1] : 0));

        return sum;
    }

    private static ushort Fold(uint sum)
    {
        while (sum > ushort.MaxValue)
            sum = (sum & ushort.MaxValue) + (sum >> 16);

        return (ushort)~sum;
    }
}
