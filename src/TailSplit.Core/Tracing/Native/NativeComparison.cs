using System.Net;
using System.Numerics;
using TailSplit.Core.Kernel;
using TailSplit.Core.Listing;

namespace TailSplit.Core.Tracing.Native;

/// <summary>Compares a value of a packet with that of a rule or a set.</summary>
internal static class NativeComparison
{
    /// <summary>Whether a value is this one: a single value, a prefix or a range.</summary>
    /// <param name="value">What the packet has.</param>
    /// <param name="wanted">What the rule has.</param>
    /// <param name="field">The field, which decides what words mean; null for none.</param>
    public static MatchAnswer Is(PacketValue value, NativeExpression wanted, NativeExpression field) => value switch
    {
        _ when wanted is NativeWord { Text: "*" } => MatchAnswer.Yes,
        ConcatValue concat => Is(concat, wanted, field),
        AddressValue address => Is(address.Address, wanted),
        InterfaceValue name => Is(name.Name, wanted),
        WordValue word => wanted is NativeWord other ? MatchAnswers.Of(word.Word == other.Text) : MatchAnswer.Unknown,
        NumberValue number => Is(number, wanted, field),
        PortsValue ports => Is(ports.Range, wanted, field),
        _ => MatchAnswer.Unknown,
    };

    private static MatchAnswer Is(ConcatValue value, NativeExpression wanted, NativeExpression field) =>
        wanted is NativeConcat concat && concat.Parts.Length == value.Parts.Count
            ? value.Parts.Select((part, i) => Is(part, concat.Parts[i], PartOf(field, i))).Aggregate(MatchAnswers.And)
            : MatchAnswer.Unknown;

    private static MatchAnswer Is(IPAddress address, NativeExpression wanted) => wanted switch
    {
        NativeWord { Address: { } other } => MatchAnswers.Of(address.Equals(other)),
        NativePrefix prefix => MatchAnswers.Of(prefix.Prefix.Contains(address)),
        NativeRange { First: NativeWord { Address: { } first }, Last: NativeWord { Address: { } last } } =>
            MatchAnswers.Of(Number(address) >= Number(first) && Number(address) <= Number(last)),
        _ => MatchAnswer.Unknown,
    };

    private static MatchAnswer Is(string name, NativeExpression wanted) => wanted switch
    {
        NativeWord pattern => Interface(name, pattern.Text),
        NativePresence presence => MatchAnswers.Of(name.Length > 0 == presence.Exists),
        _ => MatchAnswer.Unknown,
    };

    private static MatchAnswer Is(NumberValue number, NativeExpression wanted, NativeExpression field) => wanted switch
    {
        NativePresence presence when number.UnknownBits == 0 => MatchAnswers.Of(number.Value > 0 == presence.Exists),
        NativeRange range when Ends(range, field) is (uint first, uint last) && number.UnknownBits == 0 =>
            MatchAnswers.Of(number.Value >= first && number.Value <= last),
        _ => Number(wanted, field) is uint exact ? Equal(number, exact) : MatchAnswer.Unknown,
    };

    private static MatchAnswer Is(PortRange ports, NativeExpression wanted, NativeExpression field) => wanted switch
    {
        NativeRange range when Ends(range, field) is (uint first, uint last) => Ports(ports, first, last),
        _ => Number(wanted, field) is uint port ? Ports(ports, port, port) : MatchAnswer.Unknown,
    };

    private static (uint First, uint Last)? Ends(NativeRange range, NativeExpression field) =>
        Number(range.First, field) is uint first && Number(range.Last, field) is uint last ? (first, last) : null;

    /// <summary>Whether any of these bits is set.</summary>
    public static MatchAnswer HasAny(PacketValue value, NativeExpression bits, NativeExpression field) =>
        value is NumberValue number && Number(bits, field) is uint mask
            ? (number.Value & ~number.UnknownBits & mask) != 0 ? MatchAnswer.Yes
                : (number.UnknownBits & mask) == 0 ? MatchAnswer.No
                : MatchAnswer.Unknown
            : MatchAnswer.Unknown;

    /// <summary>Whether a value is less than (-1), or greater than (1) another.</summary>
    public static MatchAnswer Compares(PacketValue value, NativeExpression wanted, int sign, NativeExpression field) =>
        value is NumberValue { UnknownBits: 0 } number && Number(wanted, field) is uint other
            ? MatchAnswers.Of(Math.Sign(number.Value.CompareTo(other)) == sign)
            : MatchAnswer.Unknown;

    /// <summary>The number of an expression; null if it is not a number.</summary>
    public static uint? Number(NativeExpression expression, NativeExpression field) => expression switch
    {
        NativeNumber number => number.Value,
        NativeWord word => NativeSymbols.Number(NameOf(field), word.Text),
        NativeList list => Any(list.Items.Select(item => Number(item, field))),
        NativeBits { Operator: "|" } bits => Any(bits.Operands.Select(operand => Number(operand, field))),
        _ => null,
    };

    private static uint? Any(IEnumerable<uint?> numbers) =>
        numbers.Aggregate((uint?)0, (bits, number) => bits | number);

    // "tcp flags & (syn | rst)" has the words of "tcp flags".
    private static string? NameOf(NativeExpression field) => field switch
    {
        NativeField named => named.Name,
        NativeBits bits => bits.Operands.Select(NameOf).FirstOrDefault(name => name is not null),
        _ => null,
    };

    private static NativeExpression PartOf(NativeExpression field, int i) =>
        field is NativeConcat concat && i < concat.Parts.Length ? concat.Parts[i] : field;

    private static MatchAnswer Equal(NumberValue number, uint wanted) =>
        ((number.Value ^ wanted) & ~number.UnknownBits) != 0 ? MatchAnswer.No
        : number.UnknownBits == 0 ? MatchAnswer.Yes
        : MatchAnswer.Unknown;

    // A pattern ends in a star; "fib ... oif 0" asks for no interface at all.
    private static MatchAnswer Interface(string name, string pattern) => MatchAnswers.Of(
        pattern.EndsWith("\\*", StringComparison.Ordinal) ? name == pattern[..^2] + "*"
        : pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : pattern == "0" ? name.Length == 0
        : name == pattern);

    private static MatchAnswer Ports(PortRange packet, uint first, uint last) =>
        PortMatch.Of(new PortRange((int)Math.Min(first, int.MaxValue), (int)Math.Min(last, int.MaxValue)), packet);

    private static BigInteger Number(IPAddress address) =>
        new(address.GetAddressBytes(), isUnsigned: true, isBigEndian: true);
}
