using TailSplit.Core.Rules;

namespace TailSplit.Core.Planning;

/// <summary>One thing that a policy lacks.</summary>
public sealed record PolicyGap(GapKind Kind, string Text);
