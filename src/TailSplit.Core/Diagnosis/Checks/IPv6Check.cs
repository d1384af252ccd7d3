using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>A network for which only IPv4 was planned has no IPv6 besides.</summary>
internal sealed class IPv6Check : IHostCheck
{
    public string Name => "IPv6";

    public IEnumerable<CheckResult> Run(HostSnapshot host) => host.Policies.Select(policy => Look(policy.Policy, host));

    private CheckResult Look(Policy policy, HostSnapshot host)
    {
        InterfaceName? bridge = policy.Target.Bridge ?? BridgeFinder.Find(policy.Target.Subnets, host.Interfaces);
        InterfaceAddress[] unplanned = [.. host.Interfaces
            .Where(link => bridge is not null && link.Name == bridge.ToString())
            .SelectMany(link => link.Addresses)
            .Where(address => address.Network.Family == IpFamily.IPv6 && !address.Address.IsIPv6LinkLocal
                && !policy.Target.Subnets.Any(subnet => subnet.Contains(address.Address)))];
        if (unplanned.Length == 0 || !host.Environment.HasIPv6)
        {
            return CheckResult.Pass(
                Name, policy.Target.SubnetsOf(IpFamily.IPv6).Any() ? "Its IPv6 subnet is part of the policy." : "The network has no IPv6.", policy.Name);
        }

        string detail = $"{bridge} has {Sentence.List(unplanned.Select(address => address.Network))}, of which the policy does not know";
        return policy.Target.Bridge is null
            ? CheckResult.Fail(
                Name, $"{detail}: it matches IPv4 by subnet alone, and IPv6 passes it by.",
                PolicyCommand.Apply(policy with
                {
                    Target = policy.Target with { Bridge = bridge, Subnets = Cidr.Normalise(policy.Target.Subnets.Concat(unplanned.Select(address => address.Network))) },
                }),
                policy.Name)
            : CheckResult.Warn(
                Name,
                $"{detail}. It holds for the whole bridge, but answers from elsewhere may not find their way back.",
                string.Join("; ", unplanned.Select(address => $"ip -6 address del {address.Address}/{address.PrefixLength} dev {bridge}")), policy.Name);
    }
}
