using System.Collections.Immutable;

namespace TailSplit.Core.Proving;

/// <summary>The result of tracing every class of packets of one policy.</summary>
public sealed record Proof
{
    /// <summary>How many classes of packets were traced, all layers together.</summary>
    public int Classes { get; init; }

    /// <summary>The first packet that breaks the contract; null if none does.</summary>
    public Counterexample? Counterexample { get; init; }

    /// <summary>What could not be evaluated and matters, a line each.</summary>
    public ImmutableArray<string> Unsure { get; init; } = [];

    /// <summary>Whether every packet ends as the contract says.</summary>
    public bool IsProved => Counterexample is null && Unsure.IsEmpty;
}
