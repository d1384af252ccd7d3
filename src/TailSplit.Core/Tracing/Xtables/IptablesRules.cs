namespace TailSplit.Core.Tracing.Xtables;

/// <summary>Evaluates rules of iptables for a packet.</summary>
internal sealed class IptablesRules(AddressTypes types)
{
    private readonly FirewallMatch _match = new(types);

    /// <param name="rule">The rule.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="isJump">Whether its target is a chain.</param>
    public RuleOutcome Evaluate(RuleText rule, Packet packet, bool isJump)
    {
        MatchAnswer answer = _match.Of(rule, packet);
        return answer == MatchAnswer.No ? RuleOutcome.NoMatch(packet)
            : isJump ? new RuleOutcome(answer, FirewallEffect.None(packet), packet)
            {
                Jump = new RuleJump(rule.Target, rule.IsGoto),
            }
            : new RuleOutcome(answer, FirewallEffect.Of(rule, packet, types), packet);
    }
}
