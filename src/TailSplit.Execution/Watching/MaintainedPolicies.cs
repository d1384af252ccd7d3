using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Desired;
using TailSplit.Core.Documents;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;

namespace TailSplit.Execution.Watching;

/// <summary>
/// The policies that a watcher maintains because they were in force when it started, or a command created them since.
/// </summary>
internal sealed class MaintainedPolicies
{
    private readonly Dictionary<PolicyName, Policy> _held = [];
    private readonly Dictionary<PolicyName, Policy> _lastKnown = [];

    public IReadOnlyCollection<Policy> All => _held.Values;

    /// <summary>Whether any of them is for a Docker network, which an engine must be asked for.</summary>
    public bool NeedNetworks => _held.Values.Any(policy => policy.Target.Network is not null);

    /// <summary>
    /// The policies last known to be wanted, those of sources too. They can be restored without asking an engine.
    /// </summary>
    public ImmutableArray<PolicyChange> LastKnown =>
        [.. _lastKnown.Values.Select(policy => new PutPolicy(policy, Force: true))];

    /// <summary>Starts to maintain the policies in force.</summary>
    /// <param name="host">The host.</param>
    /// <param name="isOfSource">Whether policies of that origin follow a source of this watcher.</param>
    /// <param name="first">
    /// Whether it is the first round, which also accepts policies with missing rules if they can be read completely.
    /// </param>
    /// <returns>The policies that are new or changed.</returns>
    public ImmutableArray<Policy> Adopt(Host host, Func<PolicyOrigin, bool> isOfSource, bool first)
    {
        ImmutableArray<Policy>.Builder adopted = ImmutableArray.CreateBuilder<Policy>();
        foreach (LivePolicy live in host.Policies.Where(live => live.IsWhole && live.IsNamed))
        {
            Policy policy = live.Policy;
            if (live.SaysOrigin && isOfSource(policy.Origin))
            {
                _held.Remove(policy.Name);
                if (first || host.Assessment.Missing(live).IsEmpty)
                    _lastKnown[policy.Name] = policy;

                continue;
            }

            if (_held.TryGetValue(policy.Name, out Policy? before) && before == policy)
                continue;

            // Only TailSplit writes a policy with all its rules, so a new or changed one without a gap is intended.
            if (first || host.Assessment.Missing(live).IsEmpty)
            {
                _held[policy.Name] = policy;
                _lastKnown[policy.Name] = policy;
                adopted.Add(policy);
            }
        }

        return adopted.DrainToImmutable();
    }

    /// <summary>Stops maintaining the policy.</summary>
    public void Drop(PolicyName name)
    {
        _held.Remove(name);
        _lastKnown.Remove(name);
    }

    /// <summary>Records, after a sync, that the policies of its source that are in force now are wanted.</summary>
    public void Follow(PolicyOrigin origin, Host host)
    {
        foreach (PolicyName name in _lastKnown
            .Where(known => known.Value.Origin == origin)
            .Select(known => known.Key)
            .ToArray())
        {
            if (!_held.ContainsKey(name))
                _lastKnown.Remove(name);
        }

        foreach (LivePolicy live in host.Policies
            .Where(live => live.IsWhole && live.IsNamed && live.SaysOrigin && live.Policy.Origin == origin))
            _lastKnown[live.Policy.Name] = live.Policy;
    }

    /// <summary>
    /// The policies on their networks as they are now: a network may have been recreated or removed. If no engine
    /// answers, the policies as last known.
    /// </summary>
    public DesiredPolicies Want(HostNetworks networks, Host host)
    {
        if (networks.IsUnknown)
        {
            return new DesiredPolicies
            {
                Policies = [.. _held.Keys.Select(_lastKnown.GetValueOrDefault).OfType<Policy>()],
            };
        }

        DesiredPolicies desired = DocumentedNetworks.Find(
            new PolicyDocument([.. _held.Values.Select(policy => new DocumentedPolicy(policy))]),
            networks,
            host.Routing.Interfaces,
            host.TunnelName,
            host.WhyNoTunnel);
        // A policy whose network may be on an engine that does not answer stays as last known.
        foreach (PolicyName name in _held.Keys.Where(name => networks.Unseen.IsEmpty || !desired.Held.Contains(name)))
            _lastKnown.Remove(name);

        foreach (Policy policy in desired.Policies)
            _lastKnown[policy.Name] = policy;

        return desired;
    }

    /// <summary>The changes to make. A policy that is removed or moves to another target is removed first.</summary>
    public ImmutableArray<PolicyChange> Changes(DesiredPolicies desired, Host host)
    {
        Dictionary<PolicyName, Policy> wanted = desired.Policies.ToDictionary(policy => policy.Name);
        HashSet<PolicyName> held = [.. desired.Held];
        IEnumerable<PolicyChange> gone = host.Policies
            .Where(live => live.IsNamed && _held.ContainsKey(live.Policy.Name))
            .Where(live => wanted.ContainsKey(live.Policy.Name) || !held.Contains(live.Policy.Name))
            .Where(live => !wanted.TryGetValue(live.Policy.Name, out Policy? then) || then.Target != live.Policy.Target)
            .Select(live => new RemovePolicy(live.Policy.Name));
        return
        [
            .. gone,
            .. wanted.Values
                .OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal)
                .Select(policy => new PutPolicy(policy, Force: true)),
        ];
    }
}
