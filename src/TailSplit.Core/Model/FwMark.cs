using System.Globalization;

namespace TailSplit.Core.Model;

/// <summary>A packet mark and the bits that it covers, as <c>value/mask</c> in iptables and <c>ip rule</c>.</summary>
public readonly record struct FwMark(uint Value, uint Mask)
{
    /// <summary>The mask, as <c>--nfmask</c> and <c>--ctmask</c> take it.</summary>
    public string MaskText => Hex(Mask);

    public override string ToString() => $"{Hex(Value)}/{Hex(Mask)}";

    /// <summary>Reads <c>0x80000/0xff0000</c>; a mark without a mask covers all bits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out FwMark mark)
    {
        int slash = text.IndexOf('/');
        uint mask = uint.MaxValue;
        bool read = TryParseNumber(slash < 0 ? text : text[..slash], out uint value)
            & (slash < 0 || TryParseNumber(text[(slash + 1)..], out mask));
        mark = read ? new FwMark(value, mask) : default;
        return read;
    }

    /// <summary>Reads a value or a mask: <c>0x80000</c> or <c>524288</c>.</summary>
    public static bool TryParseNumber(ReadOnlySpan<char> text, out uint value) => text.StartsWith("0x")
        ? uint.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static string Hex(uint value) =>
        value == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}
