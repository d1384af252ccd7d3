namespace TailSplit.Execution.Probing;

/// <summary>The progress of a proof by packets.</summary>
/// <param name="Step">The current step.</param>
/// <param name="Percent">How much is done, roughly.</param>
public sealed record ProbeProgress(string Step, int Percent);
