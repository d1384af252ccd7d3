using System.Buffers.Binary;

namespace TailSplit.Core.Probing;

/// <summary>
/// A well-formed query for the address of MARK.invalid, which never exists (RFC 6761). Programs that inspect port 53
/// see DNS.
/// </summary>
internal static class DnsQuery
{
    private const ushort RecursionDesired = 0x0100;

    public static byte[] For(ProbeMark mark)
    {
        byte[] label = mark.Text;
        byte[] query = new byte[12 + 1 + label.Length + 1 + 7 + 1 + 4];
        BinaryPrimitives.WriteUInt16BigEndian(query, (ushort)mark.Value);
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(2), RecursionDesired);
        query[5] = 1;
        Span<byte> question = query.AsSpan(12);
        question[0] = (byte)label.Length;
        label.CopyTo(question[1..]);
        question = question[(1 + label.Length)..];
        question[0] = 7;
        "invalid"u8.CopyTo(question[1..]);
        // The root, then type A and class IN.
        question[10] = 1;
        question[12] = 1;
        return query;
    }
}
