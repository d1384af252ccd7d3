namespace TailSplit.Tests.Core.ModelKernel;

/// <summary>A rule as text: its counters, <c>[0:0]</c>, and what comes after the chain's name.</summary>
internal sealed record RuleModel(string Counters, string Specification);
