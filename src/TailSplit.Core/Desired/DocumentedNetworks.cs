using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Documents;
using TailSplit.Core.Errors;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;

namespace TailSplit.Core.Desired;

/// <summary>
/// Finds the networks of a document: a network may have been recreated with another bridge. The killswitch of a missing
/// network stays where it was last known; its bypass is removed.
/// </summary>
public sealed class DocumentedNetworks
{
    private readonly HostNetworks _networks;
    private readonly IReadOnlyCollection<HostInterface> _interfaces;
    private readonly InterfaceName _tunnel;
    private readonly Func<InterfaceName, string?> _whyNoTunnel;
    private readonly List<PolicyName> _held = [];
    private readonly List<Failure> _failures = [];
    private readonly List<string> _warnings = [];

    private DocumentedNetworks(
        HostNetworks networks, IReadOnlyCollection<HostInterface> interfaces, InterfaceName tunnel,
        Func<InterfaceName, string?> whyNoTunnel)
    {
        _whyNoTunnel = whyNoTunnel;
        _networks = networks;
        _interfaces = interfaces;
        _tunnel = tunnel;
    }

    /// <param name="document">The policies.</param>
    /// <param name="networks">The networks of the host, as far as its engines could be asked.</param>
    /// <param name="interfaces">The host's interfaces, for policies without a network.</param>
    /// <param name="tunnel">The Tailscale interface, for policies that name none.</param>
    /// <param name="whyNoTunnel">Why an interface can't be the tunnel; null if it can.</param>
    public static DesiredPolicies Find(
        PolicyDocument document, HostNetworks networks, IReadOnlyCollection<HostInterface> interfaces,
        InterfaceName tunnel, Func<InterfaceName, string?>? whyNoTunnel = null)
    {
        DocumentedNetworks finder = new(networks, interfaces, tunnel, whyNoTunnel ?? (_ => null));
        return new DesiredPolicies
        {
            Policies = [.. document.Policies.Select(finder.Find).OfType<Policy>()],
            Held = [.. finder._held],
            Failures = [.. finder._failures],
            Warnings = [.. finder._warnings],
        };
    }

    private Policy? Find(DocumentedPolicy documented)
    {
        Policy policy = documented.FindsTunnel ? documented.Policy with { Tunnel = _tunnel } : documented.Policy;
        if (_whyNoTunnel(policy.Tunnel) is string reason)
        {
            _failures.Add(Failures.NotATunnel(policy.Tunnel, reason));
            if (policy is BypassPolicy)
                return null;

            // The network is closed, by the interface that Tailscale has.
            policy = policy with { Tunnel = _tunnel };
        }

        try
        {
            policy = (policy.Target.Network is null ? ByHand(policy) : ByNetwork(policy))!;
            if (policy is not null)
                PolicyValidator.Check(policy);

            return policy;
        }
        catch (TailSplitException e)
        {
            _failures.Add(e.Failure);
            return null;
        }
    }

    private Policy? ByHand(Policy policy)
    {
        PolicyTarget target = policy.Target;
        Policy found = policy with
        {
            Target = target with
            {
                Bridge = target.Bridge ?? BridgeFinder.Find(target.Subnets, _interfaces),
                Subnets = target.Subnets.IsEmpty
                    ? BridgeFinder.SubnetsOf(target.Bridge!.Value, _interfaces)
                    : target.Subnets,
            },
        };
        if (found.Target.Bridge is InterfaceName bridge
            && BridgePorts.WhyOpenByHand(bridge.ToString(), _interfaces) is string open)
            return Hold(found, Failures.BridgeCannotHavePolicy(bridge, open));

        if (found.BridgeWarning is string warning)
            _warnings.Add(warning);

        return found;
    }

    private Policy? ByNetwork(Policy policy)
    {
        string name = policy.Target.Network.ToString()!;
        DockerNetwork[] named =
            [.. _networks.Networks.Where(network => network.Name == name || network.Id == name)];
        if (!_networks.Unseen.IsEmpty && !named.Any(network => IsMeant(network, policy.Target)))
        {
            _held.Add(policy.Name);
            return LastKnown(policy, _networks.Lacks(name));
        }

        if (named.Length == 0)
            return LastKnown(policy, _networks.Lacks(name));

        DockerNetwork? network = named.Length == 1 ? named[0] : policy.Target.FindIn(named);
        Failure? failure = network is null
            ? Failures.AmbiguousNetwork(name, EngineText.Ids(named))
            : network.CanHavePolicy ? null : ModelFailures.NetworkCannotHavePolicy(network);
        return failure is null
            ? policy with { Target = PolicyTarget.Of(network!) }
            : Hold(policy, failure);
    }

    // The engine that can't be seen may have a network of this name too. Then only the bridge identifies it.
    private static bool IsMeant(DockerNetwork network, PolicyTarget target) =>
        target.Bridge is not InterfaceName bridge || network.Bridge == bridge.ToString();

    // Its rules in force stay, and a killswitch applies where it was last known: an error opens nothing.
    private Policy? Hold(Policy policy, Failure failure)
    {
        _failures.Add(failure);
        _held.Add(policy.Name);
        return policy is KillswitchPolicy && !policy.Target.Subnets.IsEmpty ? policy : null;
    }

    private Policy? LastKnown(Policy policy, string reason)
    {
        if (policy is BypassPolicy)
        {
            _warnings.Add($"{reason}: the bypass '{policy.Name}' is skipped.");
            return null;
        }

        if (policy.Target.Subnets.IsEmpty && !_networks.Unseen.IsEmpty)
        {
            _warnings.Add(
                $"{reason}: the network of the killswitch '{policy.Name}' is unknown, so its rules in force stay.");
            return null;
        }

        if (policy.Target.Subnets.IsEmpty)
            throw Failures.NetworkGone(policy).ToException();

        // Docker gives a free subnet to the next network, to which this killswitch does not apply.
        DockerNetwork? heir = _networks.Networks.FirstOrDefault(network =>
            network.Bridge == policy.Target.Bridge?.ToString()
                || network.Prefixes.Any(prefix => policy.Target.Subnets.Any(prefix.Overlaps)));
        if (heir is not null)
        {
            _warnings.Add(
                $"{reason}, and '{heir.Name}' now has its subnet or bridge: the killswitch '{policy.Name}' is " +
                "skipped until its network exists again.");
            return null;
        }

        _warnings.Add($"{reason}: the killswitch '{policy.Name}' applies to its last known bridge, {policy.Target}.");
        return policy;
    }
}
