using TailSplit.Core.Model;

namespace TailSplit.Core.Planning;

/// <summary>One requested change. Closed: <see cref="PutPolicy"/> or <see cref="RemovePolicy"/>.</summary>
public abstract record PolicyChange
{
    private protected PolicyChange()
    {
    }

    public abstract PolicyName Name { get; }

    /// <summary>
    /// If given, a policy of another origin is not changed: one of this name may have been created between reading and
    /// writing.
    /// </summary>
    public PolicyOrigin? Only { get; init; }
}

/// <summary>Put this policy in force.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Force">Whether it may replace a policy of the same name with other options, or of the other
/// kind.</param>
public sealed record PutPolicy(Policy Policy, bool Force) : PolicyChange
{
    public override PolicyName Name => Policy.Name;

    /// <summary>The new base preference of all TailSplit rules; null if it stays.</summary>
    public int? RulePreference { get; init; }

    /// <summary>Whether the clamp is tried again that the kernel refused before.</summary>
    public bool AsksAgain { get; init; }
}

/// <summary>Remove the policy of this name.</summary>
public sealed record RemovePolicy(PolicyName Policy) : PolicyChange
{
    public override PolicyName Name => Policy;
}
