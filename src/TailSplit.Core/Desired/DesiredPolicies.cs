using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Desired;

/// <summary>
/// The wanted policies, as far as they could be understood: the outcome of reading labels or a file.
/// </summary>
public sealed record DesiredPolicies
{
    /// <summary>The policies, each name once, with the targets that their networks have now.</summary>
    public ImmutableArray<Policy> Policies { get; init; } = [];

    /// <summary>
    /// Policies that are wanted, but of which it can't be seen now where they belong: what is in force of them stays.
    /// </summary>
    public ImmutableArray<PolicyName> Held { get; init; } = [];

    /// <summary>What could not be understood; each says what became of its network.</summary>
    public ImmutableArray<Failure> Failures { get; init; } = [];

    /// <summary>What a person should know, and what is no error.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];
}
