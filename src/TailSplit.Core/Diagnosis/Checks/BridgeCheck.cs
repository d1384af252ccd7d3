using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// A Docker network that is recreated has another bridge, and perhaps another subnet; the policy must be on it. The
/// bridge must lead only to this host: packets that leave by another port of it cross no rule. It must have no IPv6
/// that the policy does not have.
/// </summary>
internal sealed class BridgeCheck : IHostCheck
{
    public string Name => "Bridge";

    public IEnumerable<CheckResult> Run(Host host)
    {
        if (host.Containers.Trouble is not string trouble)
            return host.Policies.SelectMany(policy => ExamineBoth(policy.Policy, host));

        // The interfaces are seen without Docker too.
        return host.Policies
            .SelectMany(policy => (CheckResult?[])
                [ExaminePorts(policy.Policy, null, host), ExamineIPv6(policy.Policy, host)])
            .OfType<CheckResult>()
            .Concat(host.Policies.Take(1).Select(_ => CheckResult.Skipped(Name, trouble)));
    }

    private CheckResult[] ExamineBoth(Policy policy, Host host)
    {
        CheckResult network = Examine(policy, host);
        return ExamineIPv6(policy, host) is not CheckResult addresses ? [network]
            : network.Status == CheckStatus.Pass ? [addresses]
            : addresses.Status == CheckStatus.Skipped ? [network]
            : [network, addresses];
    }

    private CheckResult? ExaminePorts(Policy policy, DockerNetwork? network, Host host) =>
        WayPastPolicy.ByBridge(policy, network, host.Routing.Interfaces) is string open
            ? CheckResult.Fail(Name, $"Packets leave without meeting the policy: {open}.", null, policy.Name)
            : null;

    private CheckResult Examine(Policy policy, Host host)
    {
        DockerNetwork? network = host.NetworkOf(policy);
        if (ExaminePorts(policy, network, host) is CheckResult open)
            return open;

        if (policy.Target.Network is null)
            return CheckResult.Pass(Name, "The policy names a subnet or bridge, not a network.", policy.Name);

        if (!host.Containers.Reported.Tells(policy.Target))
            return CheckResult.Skipped(
                Name, $"{host.Containers.Reported.Lacks(policy.Target.Network.ToString()!)}.", policy.Name);

        string[] moved = [.. NetworkAssessment.Missing(policy.Target, host.Containers.Networks)];
        if (moved.Length == 0)
            return network!.CanHavePolicy
                ? CheckResult.Pass(
                    Name,
                    $"The network is on {policy.Target.Bridge} with {ListText.Of(policy.Target.Subnets)}.",
                    policy.Name)
                : CheckResult.Fail(
                    Name, $"Policies have no effect on the network: {network.Reason}.", null, policy.Name);

        if (network is not null)
            return CheckResult.Fail(
                Name,
                $"The network was recreated: {string.Join("; ", moved)}.",
                PolicyCommand.Apply(policy),
                policy.Name);

        return host.Containers.Networks.Any(other => other.Name == policy.Target.Network.ToString())
            ? CheckResult.Fail(
                Name,
                "Two networks have this name, so the policy's network is unknown. Missing: " +
                    $"{string.Join("; ", moved)}.",
                null,
                policy.Name)
            : CheckResult.Warn(
                Name, $"The {EngineText.Kind(host.Containers.Networks)} '{policy.Target.Network}' no longer exists.",
                $"Remove-TailSplitPolicy {policy.Name}", policy.Name);
    }

    // Null if the bridge has no IPv6 besides that of the policy.
    private CheckResult? ExamineIPv6(Policy policy, Host host)
    {
        if (!host.Environment.HasIPv6)
            return null;

        InterfaceName? bridge = policy.Target.Bridge
            ?? BridgeFinder.Find(policy.Target.Subnets, host.Routing.Interfaces);
        if (bridge is not InterfaceName found
            || host.Routing.Interfaces.FirstOrDefault(
                link => link.Name == found.ToString()) is not HostInterface device)
        {
            return CheckResult.Skipped(
                Name, bridge is null
                    ? $"No interface has an address in {ListText.Of(policy.Target.Subnets)}, so the addresses of its " +
                        "bridge are unknown."
                    : $"The interface {bridge} does not exist now, so its addresses are unknown.",
                policy.Name);
        }

        InterfaceAddress[] unplanned = [.. device.Addresses
            .Where(address => address.Network.Family == IpFamily.IPv6 && !address.Address.IsIPv6LinkLocal
                && !policy.Target.Subnets.Any(subnet => subnet.Contains(address.Address)))];
        if (unplanned.Length == 0)
            return null;

        string detail = $"{found} has {ListText.Of(unplanned.Select(address => address.Network))}, which the policy " +
            "does not contain";
        return policy.Target.Bridge is null
            ? CheckResult.Fail(
                Name, $"{detail}: it matches IPv4 by subnet only, and no rule matches IPv6.",
                PolicyCommand.Apply(policy with { Target = Widened(policy.Target, found, unplanned) }), policy.Name)
            // The owner of the address is unknown, so it stays.
            : CheckResult.Warn(
                Name,
                $"{detail}. The policy applies to the whole bridge, but replies to these addresses may take another " +
                    "way. Docker assigns the addresses of its networks: find out which program added this one.",
                remedy: null, policy.Name);
    }

    private static PolicyTarget Widened(
        PolicyTarget target, InterfaceName bridge, IEnumerable<InterfaceAddress> addresses) => target with
        {
            Bridge = bridge,
            Subnets = Cidr.Normalise(target.Subnets.Concat(addresses.Select(address => address.Network))),
        };
}
