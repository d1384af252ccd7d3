using TailSplit.Core.Listing;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing.Native;

/// <summary>Whether a packet continues after a statement of a rule.</summary>
internal sealed class NativeMatcher(NativeValues values)
{
    public MatchAnswer Matches(NativeStatement statement, Packet packet) => statement switch
    {
        NativeMatch match => Matches(match, packet),
        NativeGate => MatchAnswer.Unknown,
        NativeSetUpdate update => values.Of(update.Key, packet).IsAbsent
            ? MatchAnswer.No
            : update.Statements
                .Select(inner => Matches(inner, packet))
                .Aggregate(MatchAnswer.Yes, MatchAnswers.And),
        NativeTranslation translation => MatchAnswers.Of(
            IsOfFamily(translation.Family, packet)
            && !values.IsAbsent(translation.Address, packet)
            && !values.IsAbsent(translation.Port, packet)),
        // Only TCP packets have a segment size.
        NativeAssignment { Target: NativeField { Name: ['t', 'c', 'p', ' ', ..] } } =>
            MatchAnswers.Of(packet.Protocol == PacketProtocol.Tcp),
        NativeAssignment assignment => MatchAnswers.Of(!values.IsAbsent(assignment.Value, packet)),
        _ => MatchAnswer.Yes,
    };

    private MatchAnswer Matches(NativeMatch match, Packet packet)
    {
        PacketValue value = values.Of(match.Left, packet);
        if (value.IsAbsent)
            return MatchAnswer.No;

        return match.Operator switch
        {
            "==" => Equals(value, match),
            "!=" => Equals(value, match).Not(),
            "in" when match.Right is NativeSetLiteral or NativeSetName => Equals(value, match),
            "in" => NativeComparison.HasAny(value, match.Right, match.Left),
            "!" => NativeComparison.HasAny(value, match.Right, match.Left).Not(),
            "<" => NativeComparison.Compares(value, match.Right, -1, match.Left),
            ">" => NativeComparison.Compares(value, match.Right, 1, match.Left),
            "<=" => NativeComparison.Compares(value, match.Right, 1, match.Left).Not(),
            ">=" => NativeComparison.Compares(value, match.Right, -1, match.Left).Not(),
            _ => MatchAnswer.Unknown,
        };
    }

    private MatchAnswer Equals(PacketValue value, NativeMatch match) => match.Right switch
    {
        NativeSetLiteral or NativeSetName => values.Find(value, match.Right, match.Left).Answer,
        NativeField or NativeMapped => MatchAnswer.Unknown,
        _ => NativeComparison.Is(value, match.Right, match.Left),
    };

    private static bool IsOfFamily(string? family, Packet packet) =>
        family is null || family == (packet.Family == IpFamily.IPv4 ? "ip" : "ip6");
}
