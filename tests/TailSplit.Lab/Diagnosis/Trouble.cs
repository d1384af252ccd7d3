namespace TailSplit.Lab.Diagnosis;

/// <summary>An answer of Test-TailSplitPolicy that is not Pass.</summary>
public sealed record Trouble(string Check, string Status, string Policy, string Remedy, string Detail);
