using System.Globalization;
using System.Text;

namespace TailSplit.Core.Probing;

/// <summary>
/// Identifies a probe on every interface. Address translation changes addresses and ports, but neither the payload of
/// UDP and ICMP, which contains the mark, nor the sequence number of a SYN, which is the mark.
/// </summary>
public readonly record struct ProbeMark(ProbeProtocol Protocol, uint Value)
{
    private const string Prefix = "tailsplit-probe-";
    private const int Digits = 8;

    /// <summary>The mark as text in a payload.</summary>
    public byte[] Text => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Value:x8}"));

    /// <summary>Finds the mark in a payload.</summary>
    public static bool TryFind(ProbeProtocol protocol, ReadOnlySpan<byte> payload, out ProbeMark mark)
    {
        mark = default;
        int at = payload.IndexOf(s_prefix);
        if (at < 0 || payload.Length < at + s_prefix.Length + Digits)
            return false;

        ReadOnlySpan<byte> digits = payload.Slice(at + s_prefix.Length, Digits);
        if (!uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
            return false;

        mark = new ProbeMark(protocol, value);
        return true;
    }

    private static readonly byte[] s_prefix = Encoding.ASCII.GetBytes(Prefix);
}
