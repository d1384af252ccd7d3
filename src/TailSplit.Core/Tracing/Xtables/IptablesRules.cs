namespace TailSplit.Core.Tracing.Xtables;

/// <summary>Evaluates rules of iptables for a packet.</summary>
internal sealed class IptablesRules(AddressTypes types)
{
    private readonly FirewallMatch _match = new(types);

    public MatchAnswer Match(RuleText rule, Packet packet) => _match.Of(rule, packet);

    /// <summary>The outcome of a rule that matches, or may match.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="answer">Whether it matches.</param>
    /// <param name="isJump">Whether its target is a chain.</param>
    public RuleOutcome Outcome(RuleText rule, Packet packet, MatchAnswer answer, bool isJump) => isJump
        ? new RuleOutcome(answer, FirewallEffect.None(packet), packet) { Jump = new RuleJump(rule.Target, rule.IsGoto) }
        : new RuleOutcome(answer, TargetEffect.Of(rule, packet, types), packet);
}
