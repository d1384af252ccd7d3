using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Desired;
using TailSplit.Core.Documents;
using TailSplit.Core.Model;

namespace TailSplit.Core.Services;

/// <summary>The policies that the service keeps.</summary>
/// <param name="Document">Those that are stored.</param>
/// <param name="Closed">All of them as they are in force after the next boot.</param>
public sealed record StoredPolicies(PolicyDocument Document, ImmutableArray<Policy> Closed)
{
    private static PolicyOrigin Origin => PolicyOrigin.OfFile(ServiceLayout.PolicyFile);

    public ImmutableArray<Failure> Failures { get; private init; } = [];

    public ImmutableArray<string> Warnings { get; private init; } = [];

    /// <summary>What is in force.</summary>
    /// <param name="live">The policies of the host.</param>
    /// <param name="byLabel">Whether labels are followed: what they ask for is asked of them again.</param>
    public static StoredPolicies OfHost(IReadOnlyCollection<LivePolicy> live, bool byLabel)
    {
        Policy[] whole = [.. live.Where(IsStorable).Select(policy => policy.Policy)];
        Policy[] stored = [.. whole.Where(policy => !(byLabel && policy.Origin == PolicyOrigin.Labels))];
        return new StoredPolicies(
            PolicyDocument.Of(stored),
            [.. whole.Select(policy => stored.Contains(policy) ? policy with { Origin = Origin } : policy)])
        {
            Warnings = [.. live.Where(policy => !IsStorable(policy)).Select(policy =>
                $"The policy '{policy.Policy.Name}' is not stored, since some of its rules are missing. Apply the policy " +
                "again, then run this command again.")],
        };
    }

    /// <summary>What a file asks of this host.</summary>
    /// <param name="document">The file.</param>
    /// <param name="desired">Its policies with the networks that were found for them.</param>
    public static StoredPolicies OfFile(PolicyDocument document, DesiredPolicies desired)
    {
        // Where each network is now is what boot has to go by.
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
