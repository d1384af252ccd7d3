using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;

namespace TailSplit.Core.Desired;

/// <summary>What has to change so that the desired policies are in force besides those that are.</summary>
public static class ImportPlan
{
    /// <param name="desired">The wanted policies.</param>
    /// <param name="live">What is.</param>
    /// <param name="force">Whether a policy of the same name with other options is replaced.</param>
    public static ImmutableArray<PutPolicy> Make(DesiredPolicies desired, IEnumerable<LivePolicy> live, bool force)
    {
        // Where such a policy is in force may be newer than where it was last known.
        HashSet<PolicyName> held = [.. live.Select(policy => policy.Policy.Name).Intersect(desired.Held)];
        return [.. desired.Policies.Where(policy => !held.Contains(policy.Name)).Select(policy => new PutPolicy(policy, force))];
    }
}
