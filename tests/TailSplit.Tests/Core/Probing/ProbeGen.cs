using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using TailSplit.Core.Probing;

namespace TailSplit.Tests.Core.Probing;

/// <summary>Probes, and the packets that the kernel makes of them.</summary>
internal static class ProbeGen
{
    public static Gen<IPAddress> IPv4 { get; } = Gen.Byte.Array[4].Select(bytes => new IPAddress(bytes));

    public static Gen<IPAddress> IPv6 { get; } = Gen.Byte.Array[16].Select(bytes => new IPAddress(bytes));

    /// <summary>A probe with the address that it is sent from.</summary>
    public static Gen<(Probe Probe, IPAddress Source)> Probes { get; } = Gen.OneOf(
        Gen.Select(IPv4, IPv4), Gen.Select(IPv6, IPv6)).SelectMany(addresses => Gen.Select(
            Gen.Enum<ProbeProtocol>(), Gen.Int[1, 65535], Gen.UInt, (protocol, port, value) => (
                new Probe(
                    addresses.Item1, protocol, protocol == ProbeProtocol.Icmp ? 0 : port,
                    new ProbeMark(protocol, value)), addresses.Item2)));

    /// <summary>With the IP header that the kernel writes (RFC 791, RFC 8200), its checksum left out.</summary>
    public static byte[] Packet(Probe probe, IPAddress source, int options = 0, byte hopLimit = 2) =>
        Packet(
            source, probe.Target, IpProtocol.Of(probe.Protocol, probe.Family), ProbeMessage.Write(probe, source, 40000),
            options, hopLimit);

    public static byte[] Packet(
        IPAddress source, IPAddress target, byte protocol, byte[] message, int options = 0, byte hopLimit = 2)
    {
        if (target.AddressFamily == AddressFamily.InterNetworkV6)
        {
            byte[] six = new byte[40];
            six[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(six.AsSpan(4), (ushort)message.Length);
            six[6] = protocol;
            six[7] = hopLimit;
            source.GetAddressBytes().CopyTo(six, 8);
            target.GetAddressBytes().CopyTo(six, 24);
            return [.. six, .. message];
        }

        byte[] four = new byte[20 + (4 * options)];
        four[0] = (byte)(0x45 + options);
        BinaryPrimitives.WriteUInt16BigEndian(four.AsSpan(2), (ushort)(four.Length + message.Length));
        // "Don't fragment", as the kernel sets it.
        four[6] = 0x40;
        four[8] = hopLimit;
        four[9] = protocol;
        source.GetAddressBytes().CopyTo(four, 12);
        target.GetAddressBytes().CopyTo(four, 16);
        return [.. four, .. message];
    }

    public static int HeaderOf(byte[] packet) => packet[0] >> 4 == 4 ? (packet[0] & 0xf) * 4 : 40;
}
