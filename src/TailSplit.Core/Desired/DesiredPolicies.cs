using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Desired;

/// <summary>
/// The wanted policies of labels or a file, as far as they could be understood.
/// </summary>
public sealed record DesiredPolicies
{
    /// <summary>The policies, each name once, with the targets that their networks have now.</summary>
    public ImmutableArray<Policy> Policies { get; init; } = [];

    /// <summary>
    /// Wanted policies whose network can't be seen now. Their rules in force stay.
    /// </summary>
    public ImmutableArray<PolicyName> Held { get; init; } = [];

    /// <summary>What could not be understood, with the consequence for its network.</summary>
    public ImmutableArray<Failure> Failures { get; init; } = [];

    /// <summary>What the user should know although it is no error.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];
}
