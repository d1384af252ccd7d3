using System.Globalization;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing;

/// <summary>
/// Marks as iptables-save writes them: <c>0x80000/0xff0000</c>, or a value alone, of which every bit counts.
/// </summary>
internal static class MarkText
{
    public static FwMark? Parse(string text)
    {
        string[] parts = text.Split('/');
        return Number(parts[0]) is uint value && (parts.Length == 1 ? uint.MaxValue : Number(parts[1])) is uint mask
            ? new FwMark(value, mask)
            : null;
    }

    public static uint? Number(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
            ? uint.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint hex) ? hex : null
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;

    public static string Hex(uint mark) => string.Create(CultureInfo.InvariantCulture, $"0x{mark:x}");
}
