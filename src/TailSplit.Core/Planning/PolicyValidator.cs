using TailSplit.Core.Errors;
using TailSplit.Core.Model;

namespace TailSplit.Core.Planning;

/// <summary>Validates the options of a policy, for any host.</summary>
public static class PolicyValidator
{
    /// <exception cref="TailSplitException">MissingTarget, WholeSubnet, SubnetInTailscaleRange, InvalidDnsServer
    /// or WholeAddressSpace.</exception>
    public static void Check(Policy policy)
    {
        if (policy.Target.Subnets.IsEmpty)
        {
            Failure failure = policy.Target.Bridge is InterfaceName bridge
                ? Failures.BridgeWithoutSubnet(bridge)
                : Failures.MissingTarget();
            throw failure.ToException();
        }

        foreach (Cidr subnet in policy.Target.Subnets)
        {
            if (subnet.PrefixLength == 0)
                throw Failures.WholeSubnet(subnet).ToException();

            if (policy.Provider.Overlaps(subnet))
                throw Failures.SubnetInTailscaleRange(subnet, policy.Provider.RangeOf(subnet.Family)).ToException();
        }

        if (policy is KillswitchPolicy closed)
            DnsServerValidator.Check(closed);

        (string parameter, IEnumerable<Cidr> destinations) = policy switch
        {
            KillswitchPolicy killswitch => ("AllowDestination", killswitch.AllowDestination),
            BypassPolicy bypass => ("Exclude", bypass.Exclude),
            _ => throw new ArgumentOutOfRangeException(nameof(policy)),
        };
        foreach (IGrouping<IpFamily, Cidr> family in destinations.GroupBy(destination => destination.Family))
        {
            // 0.0.0.0/1 and 128.0.0.0/1 are the whole internet as well.
            if (Share(family) >= 1)
                throw Failures.WholeAddressSpace(parameter, family.MinBy(destination => destination.PrefixLength))
                    .ToException();
        }
    }

    // What part of its address space these prefixes are, 0 to 1. Prefixes are disjoint or one holds the other.
    private static double Share(IEnumerable<Cidr> prefixes)
    {
        Cidr[] all = [.. prefixes];
        return all
            .Where(prefix => !all.Any(other => other != prefix && other.Contains(prefix)))
            .Sum(prefix => Math.Pow(2, -prefix.PrefixLength));
    }
}
