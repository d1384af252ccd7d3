namespace TailSplit.Completion;

/// <summary>Something to offer: the value, and a line about it.</summary>
/// <param name="Value">The value itself, not quoted.</param>
/// <param name="ToolTip">What a person sees beside it.</param>
internal sealed record Candidate(string Value, string ToolTip);
