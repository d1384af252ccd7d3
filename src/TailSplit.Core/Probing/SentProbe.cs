namespace TailSplit.Core.Probing;

/// <summary>A probe that was sent.</summary>
/// <param name="Probe">The probe.</param>
/// <param name="Error">Why the kernel did not send it; null if it did.</param>
/// <param name="HasNoRoute">Whether no route leads there, as opposed to a refusal.</param>
public sealed record SentProbe(Probe Probe, string? Error = null, bool HasNoRoute = false);
