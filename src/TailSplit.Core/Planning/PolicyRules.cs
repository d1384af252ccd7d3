using TailSplit.Core.Model;

namespace TailSplit.Core.Planning;

/// <summary>What a policy must be, whatever host it is for. The reasons why are in the failures' own words.</summary>
public static class PolicyRules
{
    /// <exception cref="TailSplitException">MissingTarget, WholeSubnet, SubnetInTailscaleRange or WholeAddressSpace.</exception>
    public static void Check(Policy policy)
    {
        if (policy.Target.Subnets.IsEmpty && policy.Target.Bridge is null)
            throw Failures.MissingTarget().ToException();

        foreach (Cidr subnet in policy.Target.Subnets)
        {
            if (subnet.PrefixLength == 0)
                throw Failures.WholeSubnet(subnet).ToException();

            Cidr range = TailscaleRanges.Of(subnet.Family);
            if (subnet.Overlaps(range))
                throw Failures.SubnetInTailscaleRange(subnet, range).ToException();
        }

        (string parameter, IEnumerable<Cidr> destinations) = policy switch
        {
            KillswitchPolicy killswitch => ("AllowDestination", killswitch.AllowDestination),
            BypassPolicy bypass => ("Exclude", bypass.Exclude),
            _ => throw new ArgumentOutOfRangeException(nameof(policy)),
        };
        foreach (Cidr destination in destinations)
        {
            if (destination.PrefixLength == 0)
                throw Failures.WholeAddressSpace(parameter, destination).ToException();
        }
    }
}
