namespace TailSplit.Core.Probing;

/// <summary>A probe as an interface of the host had it.</summary>
/// <param name="Mark">Which probe.</param>
/// <param name="Interface">The interface's name.</param>
/// <param name="IsLeaving">Whether it was on its way out there; else it came in.</param>
public sealed record CapturedProbe(ProbeMark Mark, string Interface, bool IsLeaving);
