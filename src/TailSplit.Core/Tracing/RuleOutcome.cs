
namespace TailSplit.Core.Tracing;

/// <summary>What a rule does with a packet.</summary>
/// <param name="Answer">Whether it matches.</param>
/// <param name="Effect">What it does if it matches; null if that can't be evaluated.</param>
/// <param name="Otherwise">The packet if it does not match: statements before the failed match count.</param>
internal readonly record struct RuleOutcome(MatchAnswer Answer, FirewallEffect? Effect, Packet Otherwise)
{
    /// <summary>The chain that the packet goes through; null for a rule that decides by itself.</summary>
    public RuleJump? Jump { get; init; }

    public static RuleOutcome NoMatch(Packet packet) => new(MatchAnswer.No, null, packet);
}

/// <summary>A jump to another chain; one by goto does not come back.</summary>
internal readonly record struct RuleJump(string Chain, bool IsGoto);
