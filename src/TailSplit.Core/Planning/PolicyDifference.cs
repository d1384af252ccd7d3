using TailSplit.Core.Model;

namespace TailSplit.Core.Planning;

/// <summary>Says in words how a policy in force differs from one that is asked for.</summary>
internal static class PolicyDifference
{
    public static string Describe(Policy inForce, Policy wanted)
    {
        if (inForce.Kind != wanted.Kind)
            return $"the other kind ({inForce.Kind} instead of {wanted.Kind})";

        List<string> differences = [];
        Compare("TunnelInterface", inForce.Tunnel, wanted.Tunnel);
        Compare("FirewallBackend", inForce.Backend, wanted.Backend);
        Compare("Bridge", inForce.Target.Bridge, wanted.Target.Bridge);
        Compare("Network", inForce.Target.Network, wanted.Target.Network);
        Compare("Subnet", List(inForce.Target.Subnets), List(wanted.Target.Subnets));
        if (inForce is KillswitchPolicy closed && wanted is KillswitchPolicy wantedClosed)
        {
            Compare("AllowDestination", List(closed.AllowDestination), List(wantedClosed.AllowDestination));
            Compare("DnsServer", List(closed.DnsServer), List(wantedClosed.DnsServer));
            Compare("AllowPublishedPort", closed.AllowPublishedPort, wantedClosed.AllowPublishedPort);
            Compare("Action", closed.Action, wantedClosed.Action);
            Compare("BlockHost", closed.BlockHost, wantedClosed.BlockHost);
        }
        else if (inForce is BypassPolicy open && wanted is BypassPolicy wantedOpen)
        {
            Compare("Mechanism", open.Mechanism, wantedOpen.Mechanism);
            Compare("Exclude", List(open.Exclude), List(wantedOpen.Exclude));
        }

        return differences.Count == 0 ? "rules that differ" : "other options: " + string.Join("; ", differences);

        void Compare<T>(string option, T now, T then)
        {
            if (!EqualityComparer<T>.Default.Equals(now, then))
                differences.Add($"-{option} is '{now}', not '{then}'");
        }
    }

    private static string List(IEnumerable<Cidr> cidrs) => string.Join(", ", cidrs);
}
