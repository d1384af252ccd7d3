using TailSplit.Core.Listing;

namespace TailSplit.Core.Tracing.Native;

/// <summary>Evaluates rules of one table, statement by statement (nft(8)).</summary>
internal sealed class NativeEvaluator(NativeValues values, AddressTypes types)
{
    private readonly NativeMatcher _matcher = new(values);
    private readonly NativeActions _actions = new(values, types);

    public RuleOutcome Evaluate(NativeRule rule, Packet packet)
    {
        MatchAnswer answer = MatchAnswer.Yes;
        // The effect of the statements before the first one that can't be evaluated.
        Packet certain = packet;
        FirewallEffect effect = FirewallEffect.None(packet);
        foreach (NativeStatement statement in rule.Statements)
        {
            if (Verdict(statement, effect.Packet) is (var found, var verdict))
            {
                answer = answer.And(found);
                return answer == MatchAnswer.No
                    ? RuleOutcome.NoMatch(certain)
                    : Ended(answer, effect, verdict, certain);
            }

            MatchAnswer one = _matcher.Matches(statement, effect.Packet);
            answer = answer.And(one);
            if (one == MatchAnswer.No)
                return RuleOutcome.NoMatch(certain);

            if (_actions.Of(statement, effect.Packet) is not FirewallEffect next)
                return new RuleOutcome(answer, null, certain);

            effect = next with { Words = next.Words ?? effect.Words };
            if (answer == MatchAnswer.Yes)
                certain = effect.Packet;

            if (effect.End != ChainEnd.Continue)
                break;
        }

        return new RuleOutcome(answer, effect, certain);
    }

    // Null for a statement that is not a verdict.
    private (MatchAnswer Answer, NativeVerdict? Verdict)? Verdict(NativeStatement statement, Packet packet)
    {
        if (statement is NativeVerdictStatement { Verdict: var verdict })
            return (MatchAnswer.Yes, verdict);

        if (statement is not NativeVerdictMap map)
            return null;

        (MatchAnswer answer, NativeElement? element) = values.Find(values.Of(map.Key, packet), map.Map, map.Key);
        return (answer, element?.Value as NativeVerdict);
    }

    private static RuleOutcome Ended(
        MatchAnswer answer, FirewallEffect before, NativeVerdict? verdict, Packet certain) => verdict switch
        {
            null => new RuleOutcome(answer, null, certain),
            { Chain: string chain } => new RuleOutcome(answer, before, certain)
            {
                Jump = new RuleJump(chain, verdict.Kind == "goto"),
            },
            { Kind: "accept" } => new RuleOutcome(answer, FirewallEffect.Accept(before.Packet), certain),
            { Kind: "drop" } => new RuleOutcome(answer, FirewallEffect.Drop(before.Packet), certain),
            { Kind: "return" } => new RuleOutcome(answer, FirewallEffect.Return(before.Packet), certain),
            // "continue" ends the rule, and not the chain.
            _ => new RuleOutcome(answer, before, certain),
        };
}
