using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Desired;

/// <summary>
/// The changes that put exactly the desired policies of one origin in force. Policies of other origins, such as those
/// created by hand, stay, unless <c>-Prune</c> is given.
/// </summary>
public sealed record SyncPlan
{
    /// <summary>
    /// The order can be applied one by one: a policy that is removed or moves gives up its place before another takes
    /// it.
    /// </summary>
    public ImmutableArray<PolicyChange> Changes { get; private init; } = [];

    /// <summary>What could not be understood, and what belongs to another program.</summary>
    public ImmutableArray<Failure> Failures { get; private init; } = [];

    public ImmutableArray<string> Warnings { get; private init; } = [];

    /// <param name="desired">The wanted policies.</param>
    /// <param name="live">What is.</param>
    /// <param name="environment">The host for which policies are compared.</param>
    /// <param name="origin">Whose policies these are.</param>
    /// <param name="prune">Whether everything else goes, or is taken over.</param>
    public static SyncPlan Make(
        DesiredPolicies desired, IEnumerable<LivePolicy> live, RuleEnvironment environment, PolicyOrigin origin,
        bool prune)
    {
        Dictionary<PolicyName, Policy> wanted = desired.Policies
            .Select(policy => EffectiveOptions.Of(policy with { Origin = origin }, environment))
            .ToDictionary(policy => policy.Name);
        Dictionary<PolicyName, LivePolicy> present = live.ToDictionary(policy => policy.Policy.Name);
        HashSet<PolicyName> held = [.. desired.Held];
        PolicyOrigin? only = prune ? null : origin;

        List<PolicyChange> changes = [.. present.Values
            .Where(policy => !held.Contains(policy.Policy.Name) && IsMine(policy) && (Goes(policy) || Moves(policy)))
            .Select(policy => new RemovePolicy(policy.Policy.Name) { Only = only })];
        List<Failure> failures = [.. desired.Failures];
        foreach (Policy policy in wanted.Values.OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal))
        {
            // The place in force may be newer than the last known one.
            if (present.TryGetValue(policy.Name, out LivePolicy? existing) && held.Contains(policy.Name))
                continue;

            if (existing is null || IsMine(existing) || !existing.SaysOrigin)
                changes.Add(new PutPolicy(policy, Force: true) { Only = only });
            else if (existing.Policy with { Origin = origin } != policy.On(existing.Policy.Backend))
                failures.Add(Errors.Failures.PolicyNotOwned(existing.Policy, origin.Describe()));
        }

        return new SyncPlan { Changes = [.. changes], Failures = [.. failures], Warnings = desired.Warnings };

        bool IsMine(LivePolicy policy) => prune || (policy.SaysOrigin && policy.Policy.Origin == origin);

        bool Goes(LivePolicy policy) => !wanted.ContainsKey(policy.Policy.Name);

        // Two networks can have swapped their subnets: neither can be applied while the other has its old place.
        bool Moves(LivePolicy policy) =>
            wanted.TryGetValue(policy.Policy.Name, out Policy? then) && policy.Policy.Target != then.Target;
    }
}
