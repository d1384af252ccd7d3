using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>
/// TailSplit's ip rules by policy. They have no name, so a policy finds its own by bridge or subnet. Those that lead to
/// subnets belong to several policies.
/// </summary>
internal sealed class RoutingClaims
{
    private readonly ImmutableArray<RoutingRule> _rules;
    private readonly ILookup<InterfaceName, int> _byBridge;
    private readonly ILookup<Cidr, int> _bySubnet;
    private readonly bool[] _taken;

    public RoutingClaims(IEnumerable<RoutingRule> rules)
    {
        _rules = [.. rules.Distinct()];
        _taken = new bool[_rules.Length];
        _byBridge = Places().Where(i => _rules[i].Iif is not null).ToLookup(i => _rules[i].Iif!.Value);
        _bySubnet = Places().Where(i => _rules[i].Iif is null && _rules[i].From is not null)
            .ToLookup(i => _rules[i].From!.Value);
    }

    /// <summary>The rules of no policy.</summary>
    public IReadOnlyCollection<RoutingRule> Left => [.. Places().Where(i => !_taken[i]).Select(i => _rules[i])];

    /// <summary>
    /// The rules of the policy's bridge or subnets that no other policy has, in the kernel's order.
    /// </summary>
    public ImmutableArray<RoutingRule> Take(PolicyEvidence evidence)
    {
        int[] ofBridge = [.. evidence.Bridge is InterfaceName bridge ? _byBridge[bridge] : []];
        evidence.Learn(ofBridge.Select(i => _rules[i]));
        int[] places = [.. ofBridge
            .Concat(evidence.Subnets.SelectMany(subnet => _bySubnet[subnet]))
            .Where(i => !_taken[i])
            .Order()];
        foreach (int i in places)
            _taken[i] = true;

        return [.. places.Select(i => _rules[i])];
    }

    private IEnumerable<int> Places() => Enumerable.Range(0, _rules.Length);
}
