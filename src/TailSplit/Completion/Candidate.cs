namespace TailSplit.Completion;

/// <summary>A completion.</summary>
/// <param name="Value">The value, not quoted.</param>
/// <param name="ToolTip">Its description.</param>
internal sealed record Candidate(string Value, string ToolTip);
