using System.Globalization;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing;

/// <summary>
/// Marks as iptables-save writes them: <c>0x80000/0xff0000</c>, or a value alone, of which every bit counts.
/// </summary>
internal static class MarkText
{
    public static FwMark? Parse(string text) => FwMark.TryParse(text, out FwMark mark) ? mark : null;

    public static uint? Number(string text) => FwMark.TryParseNumber(text, out uint number) ? number : null;

    public static string Hex(uint mark) => string.Create(CultureInfo.InvariantCulture, $"0x{mark:x}");
}
