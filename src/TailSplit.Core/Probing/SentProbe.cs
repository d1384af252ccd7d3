namespace TailSplit.Core.Probing;

/// <summary>A probe that was handed to the kernel.</summary>
/// <param name="Probe">The probe.</param>
/// <param name="Error">Why the kernel did not take it; null where it did.</param>
/// <param name="HasNoRoute">Whether that was because nothing leads there, and not because somebody forbids it.</param>
public sealed record SentProbe(Probe Probe, string? Error = null, bool HasNoRoute = false);
