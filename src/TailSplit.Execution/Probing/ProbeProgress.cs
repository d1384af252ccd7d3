namespace TailSplit.Execution.Probing;

/// <summary>How far a probe has come.</summary>
/// <param name="Step">What is done now.</param>
/// <param name="Percent">How much of it all is done, roughly.</param>
public sealed record ProbeProgress(string Step, int Percent);
