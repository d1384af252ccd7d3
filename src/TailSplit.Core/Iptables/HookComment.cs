using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>
/// The comment of a jump in DOCKER-USER records whether TailSplit created that chain. The jump itself is the same.
/// </summary>
internal static class HookComment
{
    public static IptablesSpecification Neutral(IptablesSpecification rule) =>
        rule.Comment == RuleOwner.CreatedChainComment ? rule with { Comment = RuleOwner.SharedComment } : rule;
}
