using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace TailSplit.Lab;

/// <summary>One question for a name as it is on the wire (RFC 1035, 4.1).</summary>
internal sealed record DnsQuestion(string Name, ushort Type, byte[] Message, int End)
{
    private const int HeaderLength = 12;
    private const ushort TypeA = 1;
    private const ushort TypeAaaa = 28;

    /// <summary>Null where the datagram is no question for one name.</summary>
    public static DnsQuestion? Parse(byte[] message)
    {
        if (message.Length < HeaderLength + 5 || (message[2] & 0x80) != 0 || Word(message, 4) != 1)
        {
            return null;
        }

        List<string> labels = [];
        int at = HeaderLength;
        while (at < message.Length && message[at] is > 0 and < 64 && at + 1 + message[at] < message.Length)
        {
            labels.Add(Encoding.ASCII.GetString(message, at + 1, message[at]));
            at += 1 + message[at];
        }

        return at + 5 > message.Length || message[at] != 0
            ? null
            : new(string.Join('.', labels), Word(message, at + 1), message, at + 5);
    }

    /// <summary>An answer with the address of the type that is asked for, or with none.</summary>
    public byte[] Answer(Place place) => Type switch
    {
        TypeA => Answer(place.V4),
        TypeAaaa => Answer(place.V6),
        _ => Answer(address: null),
    };

    private byte[] Answer(IPAddress? address)
    {
        byte[] data = address?.GetAddressBytes() ?? [];
        byte[] head = [.. Message[..2], 0x81, 0x80, 0, 1, 0, (byte)(data.Length > 0 ? 1 : 0), 0, 0, 0, 0];
        byte[] question = Message[HeaderLength..End];
        return data.Length == 0
            ? [.. head, .. question]
            : [.. head, .. question, 0xc0, HeaderLength, 0, (byte)Type, 0, 1, 0, 0, 0, 60, 0, (byte)data.Length, .. data];
    }

    private static ushort Word(byte[] message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at));
}
