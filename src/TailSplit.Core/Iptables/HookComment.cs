using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>
/// A jump in DOCKER-USER remembers in its comment whether TailSplit had to make that chain. It is the same jump either
/// way.
/// </summary>
internal static class HookComment
{
    public static IptablesSpecification Neutral(IptablesSpecification rule) =>
        rule.Comment == RuleOwner.CreatedChainComment ? rule with { Comment = RuleOwner.SharedComment } : rule;
}
