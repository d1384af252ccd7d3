using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>
/// A jump in DOCKER-USER remembers in its comment whether TailSplit had to make that chain. It is the same jump either
/// way.
/// </summary>
internal static class HookComment
{
    /// <summary>
    /// The rule as it is read back: live rules do not say by which command they were put where they are.
    /// </summary>
    public static Rule Unplaced(Rule rule) =>
        rule is IptablesRule firewall && (firewall.Placement != RulePlacement.Last || firewall.Specification.Comment == RuleOwner.CreatedChainComment)
            ? firewall with { Placement = RulePlacement.Last, Specification = Neutral(firewall.Specification) }
            : rule;

    public static IptablesSpecification Neutral(IptablesSpecification rule) =>
        rule.Comment == RuleOwner.CreatedChainComment ? rule with { Comment = RuleOwner.SharedComment } : rule;
}
