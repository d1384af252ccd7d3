using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing.Native;

/// <summary>Evaluates rules of one table, statement by statement (nft(8)).</summary>
internal sealed class NativeEvaluator(NativeTable table, NativeFields fields, AddressTypes types)
{
    public RuleOutcome Evaluate(NativeRule rule, Packet packet)
    {
        MatchAnswer answer = MatchAnswer.Yes;
        // What statements did before the first one of which it can't be told whether it matches.
        Packet certain = packet;
        FirewallEffect effect = FirewallEffect.None(packet);
        foreach (NativeStatement statement in rule.Statements)
        {
            if (Verdict(statement, effect.Packet) is (var found, var verdict))
            {
                answer = answer.And(found);
                return answer == MatchAnswer.No ? RuleOutcome.NoMatch(certain) : Ended(answer, effect, verdict, certain);
            }

            MatchAnswer one = Matches(statement, effect.Packet);
            answer = answer.And(one);
            if (one == MatchAnswer.No)
                return RuleOutcome.NoMatch(certain);

            if (Act(statement, effect.Packet) is not FirewallEffect next)
                return new RuleOutcome(answer, null, certain);

            effect = next with { Words = next.Words ?? effect.Words };
            if (answer == MatchAnswer.Yes)
                certain = effect.Packet;

            if (effect.End != ChainEnd.Continue)
                break;
        }

        return new RuleOutcome(answer, effect, certain);
    }

    // Null for a statement that is no verdict.
    private (MatchAnswer Answer, NativeVerdict? Verdict)? Verdict(NativeStatement statement, Packet packet)
    {
        if (statement is NativeVerdictStatement { Verdict: var verdict })
            return (MatchAnswer.Yes, verdict);

        if (statement is not NativeVerdictMap map)
            return null;

        (MatchAnswer answer, NativeElement? element) = Find(Evaluate(map.Key, packet), map.Map, map.Key);
        return (answer, element?.Value as NativeVerdict);
    }

    private static RuleOutcome Ended(MatchAnswer answer, FirewallEffect before, NativeVerdict? verdict, Packet certain) => verdict switch
    {
        null => new RuleOutcome(answer, null, certain),
        { Chain: string chain } => new RuleOutcome(answer, before, certain) { Jump = new RuleJump(chain, verdict.Kind == "goto") },
        { Kind: "accept" } => new RuleOutcome(answer, FirewallEffect.Accept(before.Packet), certain),
        { Kind: "drop" } => new RuleOutcome(answer, FirewallEffect.Drop(before.Packet), certain),
        { Kind: "return" } => new RuleOutcome(answer, FirewallEffect.Return(before.Packet), certain),
        // "continue" ends the rule, and not the chain.
        _ => new RuleOutcome(answer, before, certain),
    };

    private MatchAnswer Matches(NativeStatement statement, Packet packet) => statement switch
    {
        NativeMatch match => Matches(match, packet),
        NativeGate => MatchAnswer.Unknown,
        NativeSetUpdate update when Evaluate(update.Key, packet) == PacketValue.Absent => MatchAnswer.No,
        NativeSetUpdate update => update.Statements.Select(inner => Matches(inner, packet)).Aggregate(MatchAnswer.Yes, MatchAnswers.And),
        NativeTranslation translation => MatchAnswers.Of(
            IsOfFamily(translation.Family, packet) && !IsMissing(translation.Address, packet) && !IsMissing(translation.Port, packet)),
        // The segment size can be set in a packet of TCP alone.
        NativeAssignment { Target: NativeField { Name: ['t', 'c', 'p', ' ', ..] } } => MatchAnswers.Of(packet.Protocol == PacketProtocol.Tcp),
        NativeAssignment assignment => MatchAnswers.Of(!IsMissing(assignment.Value, packet)),
        _ => MatchAnswer.Yes,
    };

    // A map that has no value for the packet ends the rule.
    private bool IsMissing(NativeExpression? expression, Packet packet) =>
        expression is NativeMapped or NativeBits or NativeField && Evaluate(expression, packet) == PacketValue.Absent;

    private MatchAnswer Matches(NativeMatch match, Packet packet)
    {
        PacketValue value = Evaluate(match.Left, packet);
        if (value == PacketValue.Absent || value is ConcatValue { Parts: var parts } && parts.Contains(PacketValue.Absent))
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
        NativeSetLiteral or NativeSetName => Find(value, match.Right, match.Left).Answer,
        NativeField or NativeMapped => MatchAnswer.Unknown,
        _ => NativeComparison.Is(value, match.Right, match.Left),
    };

    // The first element that has the key; else the one that has all others.
    private (MatchAnswer Answer, NativeElement? Element) Find(PacketValue key, NativeExpression set, NativeExpression field)
    {
        if (key == PacketValue.Absent || key is ConcatValue { Parts: var parts } && parts.Contains(PacketValue.Absent))
            return (MatchAnswer.No, null);

        ImmutableArray<NativeElement>? elements = set switch
        {
            NativeSetLiteral literal => literal.Elements,
            NativeSetName name => table.Set(name.Name)?.Elements,
            _ => null,
        };
        if (elements is not { } all)
            return (MatchAnswer.Unknown, null);

        (MatchAnswer Answer, NativeElement? Element) best = (MatchAnswer.No, null);
        bool several = false;
        foreach (NativeElement element in all)
        {
            MatchAnswer answer = element.IsCatchAll ? MatchAnswer.No : NativeComparison.Is(key, element.Key, field);
            if (answer == MatchAnswer.Yes)
                return (answer, element);

            if (answer == MatchAnswer.Unknown)
            {
                several |= best.Element is not null;
                best = (answer, element);
            }
        }

        if (best.Answer == MatchAnswer.No && all.FirstOrDefault(element => element.IsCatchAll) is NativeElement rest)
            return (MatchAnswer.Yes, rest);

        // Which of several it is decides; a map with one verdict for all of them would not.
        return several ? (best.Answer, null) : best;
    }

    // Null where what it does to the packet can't be told.
    private FirewallEffect? Act(NativeStatement statement, Packet packet) => statement switch
    {
        NativeMatch or NativeGate or NativePassing or NativeSetUpdate => FirewallEffect.None(packet),
        NativeAssignment assignment => Assign(assignment, packet),
        NativeReject => FirewallEffect.Reject(packet),
        NativeNotrack => packet.Tracking == Tracking.Pending ? FirewallEffect.Untracked(packet) : FirewallEffect.None(packet),
        NativeTranslation translation => Translate(translation, packet),
        _ => null,
    };

    private FirewallEffect? Assign(NativeAssignment assignment, Packet packet)
    {
        if (assignment.Target is not NativeField target)
            return null;

        switch (target.Name)
        {
            case "meta mark":
                return Number(assignment.Value, packet, target) is uint mark ? FirewallEffect.Marked(packet, mark) : null;
            case "ct mark":
                return Number(assignment.Value, packet, target) is uint connection ? FirewallEffect.ConnectionMarked(packet, connection) : null;
            case "ip saddr" or "ip daddr" or "ip6 saddr" or "ip6 daddr" or "tcp dport" or "udp dport" or "th dport"
                or "tcp sport" or "udp sport" or "th sport" or "ct zone":
                return null;
            default:
                // Priority, DSCP, TTL, tracing, the segment size: no matter of the way.
                return FirewallEffect.None(packet);
        }
    }

    private FirewallEffect? Translate(NativeTranslation translation, Packet packet)
    {
        switch (translation.Kind)
        {
            case "masquerade":
                return FirewallEffect.SentAs(packet, packet.Out ?? "");
            case "snat":
                return FirewallEffect.SentAs(packet, $"{translation.Address}");
            case "redirect":
                return types.On(packet.In, packet.Family) is IPAddress own
                    ? Redirected(own, translation.Port, packet)
                    : null;
        }

        if (translation.Flags.Contains("prefix") || translation.Address is not NativeExpression expression)
            return null;

        return Evaluate(expression, packet) switch
        {
            AddressValue address => Redirected(address.Address, translation.Port, packet),
            ConcatValue { Parts: [AddressValue address, NumberValue { UnknownBits: 0 } port] } =>
                FirewallEffect.SentTo(packet, address.Address, (int)port.Value),
            _ => null,
        };
    }

    private FirewallEffect? Redirected(IPAddress address, NativeExpression? port, Packet packet) =>
        port is null ? FirewallEffect.SentTo(packet, address, packet.Port)
        : Evaluate(port, packet) is NumberValue { UnknownBits: 0 } number ? FirewallEffect.SentTo(packet, address, (int)number.Value)
        : null;

    private uint? Number(NativeExpression expression, Packet packet, NativeField target) =>
        NativeComparison.Number(expression, target)
        ?? (Evaluate(expression, packet) is NumberValue { UnknownBits: 0 } number ? number.Value : null);

    private PacketValue Evaluate(NativeExpression expression, Packet packet) => expression switch
    {
        NativeField field => fields.Of(field.Name, packet),
        NativeConcat concat => new ConcatValue([.. concat.Parts.Select(part => Evaluate(part, packet))]),
        NativeNumber number => PacketValue.Of(number.Value),
        NativeWord { Address: { } address } => new AddressValue(address),
        NativeBits bits => Bits(bits, packet),
        NativeMapped map => Mapped(map, packet),
        _ => PacketValue.Unknown,
    };

    private PacketValue Mapped(NativeMapped map, Packet packet) => Find(Evaluate(map.Key, packet), map.Map, map.Key) switch
    {
        (MatchAnswer.Yes, { Value: { } value }) => Evaluate(value, packet),
        (MatchAnswer.No, _) => PacketValue.Absent,
        _ => PacketValue.Unknown,
    };

    private PacketValue Bits(NativeBits bits, Packet packet)
    {
        PacketValue first = Evaluate(bits.Operands[0], packet);
        if (first is not NumberValue value)
            return first == PacketValue.Absent ? first : PacketValue.Unknown;

        foreach (NativeExpression operand in bits.Operands.Skip(1))
        {
            PacketValue? next = NativeComparison.Number(operand, bits) is uint known ? PacketValue.Of(known) : Evaluate(operand, packet);
            if (next is not NumberValue { UnknownBits: 0 } other)
                return next == PacketValue.Absent ? next : PacketValue.Unknown;

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

    private static bool IsOfFamily(string? family, Packet packet) =>
        family is null || family == (packet.Family == IpFamily.IPv4 ? "ip" : "ip6");
}
