using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Desired;
using TailSplit.Core.Documents;
using TailSplit.Core.Model;

namespace TailSplit.Core.Services;

/// <summary>The policies of the service.</summary>
/// <param name="Document">The policies to store.</param>
/// <param name="Closed">All policies in force after the next boot, also those of labels.</param>
public sealed record StoredPolicies(PolicyDocument Document, ImmutableArray<Policy> Closed)
{
    private static PolicyOrigin Origin => PolicyOrigin.OfFile(ServiceLayout.PolicyFile);

    public ImmutableArray<Failure> Failures { get; private init; } = [];

    public ImmutableArray<string> Warnings { get; private init; } = [];

    /// <summary>The policies in force.</summary>
    /// <param name="live">The policies of the host.</param>
    /// <param name="byLabel">Whether the units apply labels, so policies of labels are not stored.</param>
    public static StoredPolicies OfHost(IReadOnlyCollection<LivePolicy> live, bool byLabel)
    {
        Policy[] whole = [.. live.Where(IsStorable).Select(policy => policy.Policy)];
        Policy[] stored = [.. whole.Where(policy => !(byLabel && policy.Origin == PolicyOrigin.Labels))];
        return new StoredPolicies(
            PolicyDocument.Of(stored),
            [.. whole.Select(policy => stored.Contains(policy) ? policy with { Origin = Origin } : policy)])
        {
            Warnings = [.. live.Where(policy => !IsStorable(policy)).Select(policy =>
                $"The policy '{policy.Policy.Name}' is not stored, since some of its rules are missing. Apply the " +
                "policy again, then run this command again.")],
        };
    }

    /// <summary>The policies of a file.</summary>
    /// <param name="document">The file.</param>
    /// <param name="desired">Its policies with the current bridges and subnets of their networks.</param>
    public static StoredPolicies OfFile(PolicyDocument document, DesiredPolicies desired)
    {
        // The early unit closes the current bridges.
        Dictionary<PolicyName, PolicyTarget> found = desired.Policies.ToDictionary(
            policy => policy.Name, policy => policy.Target);
        PolicyDocument current = new(
        [
            .. document.Policies.Select(policy => policy with
            {
                Policy =
                    policy.Policy with { Target = found.GetValueOrDefault(policy.Policy.Name) ?? policy.Policy.Target },
            }),
        ]);
        return new StoredPolicies(current, [.. desired.Policies.Select(policy => policy with { Origin = Origin })])
        {
            Failures = [.. desired.Failures],
            Warnings = [.. desired.Warnings],
        };
    }

    private static bool IsStorable(LivePolicy policy) => policy is { IsWhole: true, IsNamed: true };
}
