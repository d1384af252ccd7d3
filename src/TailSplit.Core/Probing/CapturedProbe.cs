namespace TailSplit.Core.Probing;

/// <summary>A probe on an interface of the host.</summary>
/// <param name="Mark">The probe's mark.</param>
/// <param name="Interface">The interface's name.</param>
/// <param name="IsLeaving">Whether it left by the interface; otherwise it entered.</param>
public sealed record CapturedProbe(ProbeMark Mark, string Interface, bool IsLeaving);
