using TailSplit.Core.Model;
using TailSplit.Core.Options;

namespace TailSplit.Core.Planning;

/// <summary>Describes how a policy in force differs from a requested one.</summary>
internal static class PolicyDifference
{
    public static string Describe(Policy inForce, Policy wanted)
    {
        if (inForce.Kind != wanted.Kind)
            return $"the other kind ({inForce.Kind} instead of {wanted.Kind})";

        List<string> differences = [];
        Compare("TunnelInterface", inForce.Tunnel, wanted.Tunnel);
        Compare("Bridge", inForce.Target.Bridge, wanted.Target.Bridge);
        Compare("Network", inForce.Target.Network, wanted.Target.Network);
        Compare("Subnet", List(inForce.Target.Subnets), List(wanted.Target.Subnets));
        foreach (PolicyOption option in PolicyOptions.Of(wanted.Kind))
            Compare(option.Name, option.Show(inForce), option.Show(wanted));

        return differences.Count == 0 ? "rules that differ" : "other options: " + string.Join("; ", differences);

        void Compare<T>(string option, T now, T then)
        {
            if (!EqualityComparer<T>.Default.Equals(now, then))
                differences.Add($"-{option} is '{now}', not '{then}'");
        }
    }

    private static string List(IEnumerable<Cidr> cidrs) => string.Join(", ", cidrs);
}
