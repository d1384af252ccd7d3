using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace TailSplit.Lab;

/// <summary>
/// An Ethernet frame with the first packet of a connection in it, whose sender may be anybody: a packet socket, which
/// CAP_NET_RAW grants, sends it as it is.
/// </summary>
internal static class ForgedFrame
{
    private const int TcpHeader = 20;
    private const byte Syn = 2;

    /// <summary>A datagram, or a SYN.</summary>
    public static byte[] Build(
        Protocol protocol, PhysicalAddress from, PhysicalAddress to, IPEndPoint source, IPEndPoint destination)
    {
        byte[] segment = protocol is Protocol.Tcp ? Segment(source, destination) : Datagram(source, destination);
        byte[] packet = IpPacket.Build(
            protocol is Protocol.Tcp ? (byte)ProtocolType.Tcp : (byte)ProtocolType.Udp, source.Address, destination.Address, segment);
        byte[] type = source.AddressFamily is AddressFamily.InterNetworkV6 ? [0x86, 0xdd] : [0x08, 0x00];
        return [.. to.GetAddressBytes(), .. from.GetAddressBytes(), .. type, .. packet];
    }

    /// <summary>Sends frames by a container's eth0.</summary>
    public static async Task Send(NetworkNamespace from, params byte[][] frames)
    {
        foreach (byte[] frame in frames)
        {
            string path = Path.GetTempFileName();
            try
            {
                await File.WriteAllBytesAsync(path, frame);
                await from.Run("socat", ["-u", $"OPEN:{path}", "INTERFACE:eth0"]);
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    // RFC 768
    private static byte[] Datagram(IPEndPoint source, IPEndPoint destination)
    {
        byte[] udp = [.. new byte[8], .. "forged"u8];
        Ports(udp, source, destination);
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(4), (ushort)udp.Length);
        return udp;
    }

    // RFC 9293
    private static byte[] Segment(IPEndPoint source, IPEndPoint destination)
    {
        byte[] tcp = new byte[TcpHeader];
        Ports(tcp, source, destination);
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(4), 1000);
        tcp[12] = TcpHeader / 4 << 4;
        tcp[13] = Syn;
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(14), 64240);
        return tcp;
    }

    private static void Ports(byte[] header, IPEndPoint source, IPEndPoint destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)destination.Port);
    }
}
