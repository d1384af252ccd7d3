namespace TailSplit.Core.Rules;

/// <summary>A rule and the policy it stands for; no owner where several policies share it.</summary>
public sealed record OwnedRule(Rule Rule, RuleOwner? Owner);
