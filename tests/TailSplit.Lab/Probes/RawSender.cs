using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab;

/// <summary>
/// Sends datagrams with any source address, as a container with CAP_NET_RAW can: Docker grants that by itself.
/// No answer can come back; a <see cref="LeakCounter"/> tells where they went.
/// </summary>
public static class RawSender
{
    /// <summary>Sends from a foreign address, and says whether the kernel took the packet.</summary>
    public static bool Send(NetworkNamespace from, IPAddress source, IPAddress to, int port = Ports.Http, int count = 1) =>
        Send(from, new IPEndPoint(source, 40001), new IPEndPoint(to, port), count);

    /// <summary>The same from any source port.</summary>
    public static bool Send(NetworkNamespace from, IPEndPoint source, IPEndPoint to, int count = 1) =>
        Send(from, to.Address, RawPacket.Build(source, to, "spoofed"u8), count);

    /// <summary>Sends a packet of any protocol, from any address.</summary>
    public static bool SendProtocol(NetworkNamespace from, IPAddress source, IPAddress to, byte protocol) =>
        Send(from, to, RawPacket.Build(source, to, protocol, new byte[8]), count: 1);

    private static bool Send(NetworkNamespace from, IPAddress to, byte[] packet, int count)
    {
        // IPPROTO_RAW: the header is included (raw(7), ipv6(7)).
        using Socket socket = from.Enter(() => new Socket(to.AddressFamily, SocketType.Raw, ProtocolType.Raw));
        try
        {
            for (int sent = 0; sent < count; sent++)
            {
                socket.SendTo(packet, new IPEndPoint(to, 0));
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
