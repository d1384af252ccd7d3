using System.Collections.Immutable;

namespace TailSplit.Core.Proving;

/// <summary>What became of the contract of one policy when every class of packets was traced.</summary>
public sealed record Proof
{
    /// <summary>How many classes of packets were traced, all layers together.</summary>
    public int Classes { get; init; }

    /// <summary>The first packet that breaks the contract; null where none does.</summary>
    public Counterexample? Counterexample { get; init; }

    /// <summary>What could not be evaluated and matters, a line each.</summary>
    public ImmutableArray<string> Unsure { get; init; } = [];

    /// <summary>Whether every packet ends as the contract says.</summary>
    public bool IsProved => Counterexample is null && Unsure.IsEmpty;
}
