using TailSplit.Core.Rules;

namespace TailSplit.Core.Planning;

/// <summary>What a plan does with a rule.</summary>
public enum RuleChangeKind
{
    /// <summary>The rule exists, and stays with its counters.</summary>
    Keep,

    Add,

    Remove,
}

/// <summary>A rule and its action.</summary>
public sealed record RuleChange(OwnedRule Rule, RuleChangeKind Kind);
