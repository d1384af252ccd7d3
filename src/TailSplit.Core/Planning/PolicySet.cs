using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Planning;

/// <summary>
/// The policies in force, and those after a set of changes. It creates no rules.
/// </summary>
public sealed class PolicySet
{
    private readonly Dictionary<PolicyName, LivePolicy> _kept;
    private readonly Dictionary<PolicyName, Policy> _wanted = [];
    private RuleEnvironment _environment;

    /// <param name="live">What is in force.</param>
    /// <param name="environment">The host for which changes are taken in.</param>
    public PolicySet(IEnumerable<LivePolicy> live, RuleEnvironment environment)
    {
        _kept = live.ToDictionary(policy => policy.Policy.Name);
        _environment = environment;
    }

    /// <summary>The host after the changes: one may have moved the base preference.</summary>
    public RuleEnvironment Environment => _environment;

    /// <summary>
    /// The policies to compile: requested ones, and others that can be read completely.
    /// </summary>
    public IEnumerable<Policy> ToCompile =>
        [.. _wanted.Values, .. _kept.Values.Where(policy => policy.IsWhole).Select(policy => policy.Policy)];

    /// <summary>Policies with only some rules left, which are kept as they are.</summary>
    public IEnumerable<LivePolicy> ToKeep => _kept.Values.Where(policy => !policy.IsWhole);

    /// <summary>Applies a change, or returns why it can't be applied.</summary>
    public Failure? Apply(PolicyChange change) => change switch
    {
        { Only: PolicyOrigin only } when _kept.TryGetValue(change.Name, out LivePolicy? existing)
            && !IsOf(existing, only) =>
            Failures.PolicyNotOwned(existing.Policy, only.Describe()),
        PutPolicy put => Put(put),
        RemovePolicy remove => Remove(remove),
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };

    private Failure? Put(PutPolicy put)
    {
        Policy policy = EffectiveOptions.Of(put.Policy, _environment).On(BackendOf(put.Policy.Name));
        // If the second replaced the first silently, the first one's network would stay open.
        if (_wanted.TryGetValue(policy.Name, out Policy? earlier) && earlier.Target != policy.Target)
            return Failures.PolicyNameTaken(policy, earlier);

        if (earlier is not null && earlier != policy && !put.Force)
            return Failures.PolicyExists(earlier, PolicyDifference.Describe(earlier, policy));

        if (_wanted.Values.FirstOrDefault(
            other => other.Name != policy.Name && other.Target.Overlaps(policy.Target)) is Policy rival)
            return Failures.OverlappingPolicies(policy, rival);

        if (_kept.Values.FirstOrDefault(other => other.IsNamed && other.Policy.Name != policy.Name
            && other.Policy.Target.Overlaps(policy.Target)) is LivePolicy inForce)
        {
            return Failures.OverlappingPolicies(policy, inForce.Policy);
        }

        if (_kept.TryGetValue(policy.Name, out LivePolicy? existing) && !put.Force && !CanReplace(existing, policy))
            return Failures.PolicyExists(existing.Policy, PolicyDifference.Describe(existing.Policy, policy));

        if (put.RulePreference is int place)
        {
            if (BasePreference.Refusal(place, _environment.HighestPreference) is Failure refusal)
                return refusal;

            // The kernel accepts no second goto for the same packets at one preference, so either both move or none
            // does.
            _environment = _environment with
            {
                BasePreference = place,
                BlockStart = place == _environment.BasePreference
                    ? _environment.BlockStart
                    : _environment.FreeBlockStart,
            };
        }

        _kept.Remove(policy.Name);
        // Remaining rules of a policy on the same bridge or subnet are replaced, and so are rules to subnets without a
        // policy.
        foreach (LivePolicy remains in _kept.Values
            .Where(other => other.Policy.Target.Overlaps(policy.Target) || IsStray(other))
            .ToImmutableArray())
            _kept.Remove(remains.Policy.Name);

        _wanted[policy.Name] = policy;
        return null;
    }

    private FirewallBackend BackendOf(PolicyName name) =>
        _kept.TryGetValue(name, out LivePolicy? existing) ? existing.Policy.On(_environment.Backend).Backend
        : _wanted.TryGetValue(name, out Policy? earlier) ? earlier.Backend
        : _environment.Backend;

    private Failure? Remove(RemovePolicy remove) =>
        _kept.Remove(remove.Policy) | _wanted.Remove(remove.Policy)
            ? null
            : Failures.PolicyNotFound(remove.Policy.ToString());

    private static bool IsStray(LivePolicy policy) =>
        !policy.IsNamed && policy.Rules.All(rule => rule.Rule is RoutingRule { Iif: null, From: null });

    // A policy without a recorded origin belongs to the next one who requests it.
    private static bool IsOf(LivePolicy policy, PolicyOrigin origin) =>
        !policy.SaysOrigin || policy.Policy.Origin == origin;

    // The same policy, or one that differs only in its network's place or its origin, or one that is too damaged to
    // compare.
    private static bool CanReplace(LivePolicy existing, Policy policy)
    {
        Policy before = existing.Policy with { Origin = policy.Origin };
        return before.Kind == policy.Kind && (!existing.IsWhole || before == policy || IsSameButMoved(before, policy));
    }

    private static bool IsSameButMoved(Policy existing, Policy policy) =>
        existing.Target.Network is not null
        && existing.Target.Network == policy.Target.Network
        && existing with { Target = policy.Target } == policy;
}
