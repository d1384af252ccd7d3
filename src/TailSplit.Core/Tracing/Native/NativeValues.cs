using System.Collections.Immutable;
using TailSplit.Core.Listing;

namespace TailSplit.Core.Tracing.Native;

/// <summary>The values of expressions of a table's rules for a packet.</summary>
internal sealed class NativeValues(NativeTable table, NativeFields fields)
{
    public PacketValue Of(NativeExpression expression, Packet packet) => expression switch
    {
        NativeField field => fields.Of(field.Name, packet),
        NativeConcat concat => new ConcatValue([.. concat.Parts.Select(part => Of(part, packet))]),
        NativeNumber number => PacketValue.Of(number.Value),
        NativeWord { Address: { } address } => new AddressValue(address),
        NativeBits bits => Bits(bits, packet),
        NativeMapped map => Mapped(map, packet),
        _ => PacketValue.Unknown,
    };

    /// <summary>The number that is set; null if it can't be evaluated.</summary>
    public uint? Number(NativeExpression expression, Packet packet, NativeField target) =>
        NativeComparison.Number(expression, target)
        ?? (Of(expression, packet) is NumberValue { UnknownBits: 0 } number ? number.Value : null);

    /// <summary>Whether the packet has no such thing, which ends the rule.</summary>
    public bool IsAbsent(NativeExpression? expression, Packet packet) =>
        expression is NativeMapped or NativeBits or NativeField && Of(expression, packet).IsAbsent;

    /// <summary>
    /// The first element of a set or map with the key; otherwise the one for all other keys. None if several are
    /// possible.
    /// </summary>
    public (MatchAnswer Answer, NativeElement? Element) Find(
        PacketValue key, NativeExpression set, NativeExpression field)
    {
        if (key.IsAbsent)
            return (MatchAnswer.No, null);

        ImmutableArray<NativeElement>? elements = set switch
        {
            NativeSetLiteral literal => literal.Elements,
            NativeSetName name => table.Set(name.Name)?.Elements,
            _ => null,
        };
        if (elements is not { } all)
            return (MatchAnswer.Unknown, null);

        NativeElement? possible = null;
        bool several = false;
        foreach (NativeElement element in all.Where(element => !element.IsCatchAll))
        {
            switch (NativeComparison.Is(key, element.Key, field))
            {
                case MatchAnswer.Yes:
                    return (MatchAnswer.Yes, element);
                case MatchAnswer.Unknown:
                    several |= possible is not null;
                    possible = element;
                    break;
            }
        }

        NativeElement? rest = all.FirstOrDefault(element => element.IsCatchAll);
        return (possible, rest) switch
        {
            (null, null) => (MatchAnswer.No, null),
            (null, _) => (MatchAnswer.Yes, rest),
            (_, null) when !several => (MatchAnswer.Unknown, possible),
            _ => (MatchAnswer.Unknown, null),
        };
    }

    private PacketValue Mapped(NativeMapped map, Packet packet) => Find(Of(map.Key, packet), map.Map, map.Key) switch
    {
        (MatchAnswer.Yes, { Value: { } value }) => Of(value, packet),
        (MatchAnswer.No, _) => PacketValue.Absent,
        _ => PacketValue.Unknown,
    };

    private PacketValue Bits(NativeBits bits, Packet packet)
    {
        PacketValue first = Of(bits.Operands[0], packet);
        if (first is not NumberValue value)
            return first.IsAbsent ? first : PacketValue.Unknown;

        foreach (NativeExpression operand in bits.Operands.Skip(1))
        {
            PacketValue next = NativeComparison.Number(operand, bits) is uint known
                ? PacketValue.Of(known)
                : Of(operand, packet);
            if (next is not NumberValue { UnknownBits: 0 } other)
                return next.IsAbsent ? next : PacketValue.Unknown;

            int by = (int)Math.Min(other.Value, 31);
            value = bits.Operator switch
            {
                "&" => new NumberValue(value.Value & other.Value, value.UnknownBits & other.Value),
                "|" => new NumberValue(value.Value | other.Value, value.UnknownBits & ~other.Value),
                "^" => new NumberValue(value.Value ^ other.Value, value.UnknownBits),
                "<<" => new NumberValue(value.Value << by, value.UnknownBits << by),
                _ => new NumberValue(value.Value >> by, value.UnknownBits >> by),
            };
        }

        return value;
    }
}
