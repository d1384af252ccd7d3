using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;

namespace TailSplit.Core.Desired;

/// <summary>The changes that put the desired policies in force beside the existing ones.</summary>
public static class ImportPlan
{
    /// <param name="desired">The wanted policies.</param>
    /// <param name="live">What is.</param>
    /// <param name="force">Whether a policy of the same name with other options is replaced.</param>
    public static ImmutableArray<PutPolicy> Make(DesiredPolicies desired, IEnumerable<LivePolicy> live, bool force)
    {
        // The place in force may be newer than the last known one.
        HashSet<PolicyName> held = [.. live.Select(policy => policy.Policy.Name).Intersect(desired.Held)];
        return [.. desired.Policies
            .Where(policy => !held.Contains(policy.Name))
            .Select(policy => new PutPolicy(policy, force))];
    }
}
