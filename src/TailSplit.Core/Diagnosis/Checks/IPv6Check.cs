using TailSplit.Core.Compilation;
using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>A network with a policy for IPv4 only has no IPv6.</summary>
internal sealed class IPv6Check : IHostCheck
{
    public string Name => "IPv6";

    public IEnumerable<CheckResult> Run(Host host) => host.Policies.Select(policy => Examine(policy.Policy, host));

    private CheckResult Examine(Policy policy, Host host)
    {
        if (!host.Environment.HasIPv6)
            return CheckResult.Pass(Name, "This kernel has no IPv6.", policy.Name);

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
        {
            Cidr[] planned = [.. policy.Target.SubnetsOf(IpFamily.IPv6)];
            return CheckResult.Pass(
                Name, planned.Length > 0
                    ? $"Its IPv6 subnet is part of the policy: {ListText.Of(planned)}."
                    : $"Its bridge {found} has no IPv6 address.", policy.Name);
        }

        string detail = $"{found} has {ListText.Of(unplanned.Select(address => address.Network))}, which the policy " +
            "does not contain";
        return policy.Target.Bridge is null
            ? CheckResult.Fail(
                Name, $"{detail}: it matches IPv4 by subnet only, and no rule matches IPv6.",
                PolicyCommand.Apply(policy with
                {
                    Target = policy.Target with
                    {
                        Bridge = found,
                        Subnets = Cidr.Normalise(
                            policy.Target.Subnets.Concat(unplanned.Select(address => address.Network))),
                    },
                }),
                policy.Name)
            // The owner of the address is unknown, so it stays.
            : CheckResult.Warn(
                Name,
                $"{detail}. The policy applies to the whole bridge, but replies to these addresses may take " +
                    "another way. Docker assigns the addresses of its networks: find out which program added this " +
                    "one.",
                remedy: null, policy.Name);
    }
}
