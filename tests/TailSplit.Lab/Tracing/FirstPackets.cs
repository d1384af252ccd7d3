using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab.Tracing;

/// <summary>Sends the first packet of a connection to many places, and waits for no answer.</summary>
public sealed class FirstPackets : IDisposable
{
    private readonly List<Socket> _sockets = [];

    /// <param name="from">Who sends.</param>
    /// <param name="protocol">Tcp, Udp or Icmp.</param>
    /// <param name="port">The port, or a ping's identifier.</param>
    /// <param name="to">Where to, of either family.</param>
    public void Send(NetworkNamespace from, string protocol, int port, IEnumerable<IPAddress> to) => from.Enter(() =>
    {
        foreach (IPAddress address in to)
        {
            Socket socket = Open(address.AddressFamily, protocol);
            socket.Blocking = false;
            _sockets.Add(socket);
            try
            {
                Send(socket, protocol, new IPEndPoint(address, port));
            }
            catch (SocketException)
            {
                // A connection that is under way, or an error that came at once.
            }
        }
    });

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private static Socket Open(AddressFamily family, string protocol) => protocol switch
    {
        "Tcp" => new Socket(family, SocketType.Stream, ProtocolType.Tcp),
        "Udp" => new Socket(family, SocketType.Dgram, ProtocolType.Udp),
        _ => new Socket(
            family, SocketType.Raw, family is AddressFamily.InterNetwork ? ProtocolType.Icmp : ProtocolType.IcmpV6),
    };

    private static void Send(Socket socket, string protocol, IPEndPoint to)
    {
        switch (protocol)
        {
            case "Tcp":
                socket.Connect(to);
                break;
            case "Udp":
                socket.SendTo("?"u8.ToArray(), to);
                break;
            default:
                socket.SendTo(EchoRequest(to.AddressFamily, (ushort)to.Port), new IPEndPoint(to.Address, 0));
                break;
        }
    }

    // RFC 792 and 4443; the kernel fills in the checksum of IPv6 (RFC 3542, 3.1).
    private static byte[] EchoRequest(AddressFamily family, ushort id)
    {
        byte[] packet = new byte[8];
        packet[0] = (byte)(family is AddressFamily.InterNetwork ? 8 : 128);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), id);
        if (family is AddressFamily.InterNetwork)
        {
            int sum = (packet[0] << 8) + id;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)~((sum & 0xffff) + (sum >> 16)));
        }

        return packet;
    }
}
