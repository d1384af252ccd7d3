using System.Globalization;
using TailSplit.Core.Kernel;

namespace TailSplit.Core.Tracing;

/// <summary>Ports, as iptables writes them: <c>53</c>, <c>1000:2000</c>, <c>80,443,1000:2000</c>.</summary>
internal static class PortMatch
{
    /// <summary>Whether the ports of a rule include that of a packet, of which only a range may be known.</summary>
    public static MatchAnswer Of(PortRange wanted, PortRange packet) =>
        wanted.First <= packet.First && wanted.Last >= packet.Last ? MatchAnswer.Yes
        : wanted.Last < packet.First || wanted.First > packet.Last ? MatchAnswer.No
        : MatchAnswer.Unknown;

    public static MatchAnswer Of(string ports, PortRange packet)
    {
        MatchAnswer best = MatchAnswer.No;
        foreach (string part in ports.Split(','))
        {
            MatchAnswer answer = RangeOf(part) is PortRange range ? Of(range, packet) : MatchAnswer.Unknown;
            best = (MatchAnswer)Math.Max((int)best, (int)answer);
        }

        return best;
    }

    private static PortRange? RangeOf(string text)
    {
        string[] ends = text.Split(':');
        return Parse(ends[0], 0) is int first
            && (ends.Length == 1 ? first : Parse(ends[1], ushort.MaxValue)) is int last
            ? new PortRange(first, last)
            : null;
    }

    private static int? Parse(string text, int absent) =>
        text.Length == 0 ? absent
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port
        : null;
}
