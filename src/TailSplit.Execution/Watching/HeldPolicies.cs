using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Desired;
using TailSplit.Core.Documents;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;

namespace TailSplit.Execution.Watching;

/// <summary>
/// The policies that a watcher holds because they were in force: from the beginning, or put there by a command since.
/// </summary>
internal sealed class HeldPolicies
{
    private readonly Dictionary<PolicyName, Policy> _held = [];

    public IReadOnlyCollection<Policy> All => _held.Values;

    /// <summary>Whether any of them is for a Docker network, which has to be looked up.</summary>
    public bool NeedNetworks => _held.Values.Any(policy => policy.Target.Network is not null);

    /// <summary>Takes in what is in force.</summary>
    /// <param name="state">The host.</param>
    /// <param name="isOfSource">Whether policies of that origin are held by somebody else.</param>
    /// <param name="first">
    /// Whether it is the first look, at which what is damaged counts too as long as it can be read whole.
    /// </param>
    /// <returns>Those that are new, or other than before.</returns>
    public ImmutableArray<Policy> Adopt(HostState state, Func<PolicyOrigin, bool> isOfSource, bool first)
    {
        ImmutableArray<Policy>.Builder adopted = ImmutableArray.CreateBuilder<Policy>();
        foreach (LivePolicy live in state.Policies.Where(live => live.IsWhole && live.IsNamed))
        {
            Policy policy = live.Policy;
            if (live.SaysOrigin && isOfSource(policy.Origin))
            {
                _held.Remove(policy.Name);
                continue;
            }

            if (_held.TryGetValue(policy.Name, out Policy? before) && before == policy)
                continue;

            // Nobody but TailSplit writes a policy without a fault, so another one, or the same with other options, is
            // meant.
            if (first || state.Assessment.Missing(live).IsEmpty)
            {
                _held[policy.Name] = policy;
                adopted.Add(policy);
            }
        }

        return adopted.DrainToImmutable();
    }

    /// <summary>Holds it no more.</summary>
    public bool Drop(PolicyName name) => _held.Remove(name);

    /// <summary>
    /// Where they belong now: a network may have been made anew, or be gone. Without Docker, where they were last.
    /// </summary>
    public DesiredPolicies Want(ImmutableArray<DockerNetwork>? networks, HostState state) => networks is null
        ? new DesiredPolicies { Policies = [.. _held.Values] }
        : DocumentedNetworks.Find(
            new PolicyDocument([.. _held.Values.Select(policy => new DocumentedPolicy(policy))]),
            networks,
            state.Interfaces,
            state.TunnelName);

    /// <summary>What has to change; what goes or moves gives its place up first.</summary>
    public ImmutableArray<PolicyChange> Changes(DesiredPolicies desired, HostState state)
    {
        Dictionary<PolicyName, Policy> wanted = desired.Policies.ToDictionary(policy => policy.Name);
        IEnumerable<PolicyChange> gone = state.Policies
            .Where(live => live.IsNamed && _held.ContainsKey(live.Policy.Name))
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
