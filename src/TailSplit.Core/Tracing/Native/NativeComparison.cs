using System.Net;
using System.Numerics;
using TailSplit.Core.Model;
using TailSplit.Core.Kernel;

namespace TailSplit.Core.Tracing.Native;

/// <summary>Holds a value of a packet against what a rule or a set has.</summary>
internal static class NativeComparison
{
    /// <summary>Whether a value is this one: a single value, a prefix or a range.</summary>
    /// <param name="value">What the packet has.</param>
    /// <param name="wanted">What the rule has.</param>
    /// <param name="field">The field, which tells what words mean; null where it is none.</param>
    public static MatchAnswer Is(PacketValue value, NativeExpression wanted, NativeExpression field) => (value, wanted) switch
    {
        (ConcatValue parts, NativeConcat concat) when parts.Parts.Count == concat.Parts.Length =>
            parts.Parts.Select((part, i) => Is(part, concat.Parts[i], PartOf(field, i))).Aggregate(MatchAnswers.And),
        (_, NativeWord { Text: "*" }) => MatchAnswer.Yes,
        (AddressValue { Address: var address }, NativeWord { Address: { } other }) => MatchAnswers.Of(address.Equals(other)),
        (AddressValue { Address: var address }, NativePrefix prefix) => MatchAnswers.Of(prefix.Prefix.Contains(address)),
        (AddressValue { Address: var address }, NativeRange { First: NativeWord { Address: { } first }, Last: NativeWord { Address: { } last } }) =>
            MatchAnswers.Of(Number(address) >= Number(first) && Number(address) <= Number(last)),
        (InterfaceValue { Name: var name }, NativeWord { Text: var text }) => Interface(name, text),
        (InterfaceValue { Name: var name }, NativePresence presence) => MatchAnswers.Of(name.Length > 0 == presence.Exists),
        (WordValue { Word: var word }, NativeWord { Text: var text }) => MatchAnswers.Of(word == text),
        (NumberValue { UnknownBits: 0 } number, NativePresence presence) => MatchAnswers.Of(number.Value > 0 == presence.Exists),
        (NumberValue number, NativeRange range) when Number(range.First, field) is uint first && Number(range.Last, field) is uint last =>
            number.UnknownBits == 0 ? MatchAnswers.Of(number.Value >= first && number.Value <= last) : MatchAnswer.Unknown,
        (NumberValue number, _) when Number(wanted, field) is uint exact => Equal(number, exact),
        (PortsValue ports, NativeRange range) when Number(range.First, field) is uint first && Number(range.Last, field) is uint last =>
            Ports(ports.Range, first, last),
        (PortsValue ports, _) when Number(wanted, field) is uint port => Ports(ports.Range, port, port),
        _ => MatchAnswer.Unknown,
    };

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

    /// <summary>The number that an expression is; null where it is none.</summary>
    public static uint? Number(NativeExpression expression, NativeExpression field) => expression switch
    {
        NativeNumber number => number.Value,
        NativeWord word => NativeSymbols.Number(NameOf(field), word.Text),
        NativeList list => Any(list.Items.Select(item => Number(item, field))),
        NativeBits { Operator: "|" } bits => Any(bits.Operands.Select(operand => Number(operand, field))),
        _ => null,
    };

    private static uint? Any(IEnumerable<uint?> numbers) => numbers.Aggregate((uint?)0, (bits, number) => bits | number);

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

    private static MatchAnswer Ports(PortRange usual, uint first, uint last) =>
        first <= usual.First && last >= usual.Last ? MatchAnswer.Yes
        : last < usual.First || first > usual.Last ? MatchAnswer.No
        : MatchAnswer.Unknown;

    private static BigInteger Number(IPAddress address) => new(address.GetAddressBytes(), isUnsigned: true, isBigEndian: true);
}
