using System.Globalization;
using TailSplit.Core.Kernel;

namespace TailSplit.Core.Tracing;

/// <summary>Ports, as iptables writes them: <c>53</c>, <c>1000:2000</c>, <c>80,443,1000:2000</c>.</summary>
internal static class PortMatch
{
    public static MatchAnswer Destination(string ports, Packet packet) =>
        Each(ports, range => MatchAnswers.Of(range.Contains(packet.Port)));

    public static MatchAnswer Source(string ports) => Each(ports, Ephemeral);

    /// <summary>A source port is picked by the sender's system.</summary>
    public static MatchAnswer Ephemeral(PortRange range)
    {
        PortRange usual = Packet.EphemeralPorts;
        return range.First <= usual.First && range.Last >= usual.Last ? MatchAnswer.Yes
            : range.Last < usual.First || range.First > usual.Last ? MatchAnswer.No
            : MatchAnswer.Unknown;
    }

    private static MatchAnswer Each(string ports, Func<PortRange, MatchAnswer> matches)
    {
        MatchAnswer best = MatchAnswer.No;
        foreach (string part in ports.Split(','))
        {
            MatchAnswer answer = RangeOf(part) is PortRange range ? matches(range) : MatchAnswer.Unknown;
            best = (MatchAnswer)Math.Max((int)best, (int)answer);
        }

        return best;
    }

    private static PortRange? RangeOf(string text)
    {
        string[] ends = text.Split(':');
        return Parse(ends[0], 0) is int first && (ends.Length == 1 ? first : Parse(ends[1], ushort.MaxValue)) is int last
            ? new PortRange(first, last)
            : null;
    }

    private static int? Parse(string text, int absent) =>
        text.Length == 0 ? absent
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port
        : null;
}
