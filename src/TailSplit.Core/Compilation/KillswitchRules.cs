using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>What a killswitch compiles to, one family at a time. Either layer alone keeps it closed.</summary>
internal static class KillswitchRules
{
    private const string Replies = "-m conntrack --ctstate RELATED,ESTABLISHED --ctdir REPLY";

    // Without these a container could not find the gateway's link-layer address (RFC 4861): router solicitation,
    // neighbour solicitation, neighbour advertisement.
    private static readonly int[] s_neighbourDiscovery = [133, 135, 136];

    /// <summary>filter: into the policy's chain by bridge, which can't be forged, and by subnet besides.</summary>
    public static IEnumerable<FirewallRule> Entries(KillswitchPolicy policy, IpFamily family)
    {
        string chain = OwnChains.Of(policy.Kind, policy.Name);
        string comment = RuleOwner.Of(policy).ToString();
        foreach (RuleSpecification match in PolicyMatches.Of(policy.Target, family))
            yield return new(family, FirewallTable.Filter, OwnChains.Killswitch, match with { Comment = comment, Target = $"-g {chain}" });
    }

    /// <summary>filter: what may pass, then the end.</summary>
    public static IEnumerable<FirewallRule> Chain(KillswitchPolicy policy, IpFamily family)
    {
        if (!PolicyMatches.Of(policy.Target, family).Any())
            yield break;

        string chain = OwnChains.Of(policy.Kind, policy.Name);
        string comment = RuleOwner.Of(policy).Brief.ToString();
        // RETURN, not ACCEPT: Docker's own rules, enable_icc=false among them, still have their say.
        if (policy.Target.Bridge is InterfaceName bridge)
        {
            yield return Rule(new() { Out = bridge, Target = "-j RETURN" });
        }
        else
        {
            foreach (Cidr subnet in policy.Target.SubnetsOf(family))
                yield return Rule(new() { Destination = subnet, Target = "-j RETURN" });
        }

        yield return Rule(new() { Out = policy.Tunnel, Target = "-j RETURN" });
        foreach (Cidr destination in policy.AllowDestination.Where(to => to.Family == family))
            yield return Rule(new() { Destination = destination, Target = "-j RETURN" });

        if (policy.AllowPublishedPort)
            yield return Rule(new() { Matches = Replies, Target = "-j RETURN" });

        if (policy.Action == BlockAction.Reject)
        {
            // To the network's own addresses only: see Routing.
            foreach (Cidr subnet in policy.Target.SubnetsOf(family))
                yield return Rule(new() { Source = subnet, Target = Reject(family) });
        }

        yield return Rule(new() { Target = "-j DROP" });

        FirewallRule Rule(RuleSpecification specification) =>
            new(family, FirewallTable.Filter, chain, specification with { Comment = comment });
    }

    /// <summary>
    /// filter, INPUT: with BlockHost the host's own addresses are closed, but for replies to what it asked.
    /// </summary>
    public static IEnumerable<FirewallRule> Host(KillswitchPolicy policy, IpFamily family)
    {
        if (!policy.BlockHost)
            yield break;

        string comment = RuleOwner.Of(policy).Brief.ToString();
        // By bridge alone where it is known: the host's own address on the bridge lies inside the subnet.
        IEnumerable<RuleSpecification> matches = policy.Target.Bridge is InterfaceName bridge
            ? [new() { In = bridge, Target = "" }]
            : policy.Target.SubnetsOf(family).Select(
                subnet => new RuleSpecification { Source = subnet, Matches = "! -i lo", Target = "" });
        foreach (RuleSpecification match in matches)
        {
            if (family == IpFamily.IPv6)
            {
                foreach (int type in s_neighbourDiscovery)
                    yield return Rule(match, $"-p ipv6-icmp -m icmp6 --icmpv6-type {type}", "-j RETURN");
            }

            yield return Rule(match, Replies, "-j RETURN");
            if (policy.Action == BlockAction.Reject)
            {
                foreach (Cidr subnet in match.Source is Cidr source ? [source] : policy.Target.SubnetsOf(family))
                    yield return Rule(match with { Source = subnet }, "", Reject(family));
            }

            yield return Rule(match, "", "-j DROP");
        }

        FirewallRule Rule(RuleSpecification match, string more, string target) => new(
            family, FirewallTable.Filter, OwnChains.Host,
            match with { Matches = $"{match.Matches} {more}".Trim(), Comment = comment, Target = target });
    }

    /// <summary>
    /// ip rule: its own subnets, the tunnel's table, or "prohibited". Holds if the whole firewall is flushed. It comes
    /// before the rules that lead to the subnets of other policies. Only the network's own addresses get as far as
    /// "prohibited": a packet with a foreign source vanishes, since the ICMP error for it would go out to that source,
    /// by the ISP, with the packet's first bytes inside.
    /// </summary>
    public static IEnumerable<RoutingRule> Routing(
        KillswitchPolicy policy, IpFamily family, RuleEnvironment environment)
    {
        int first = environment.BasePreference - 5;
        foreach (RoutingRule match in PolicyMatches.Routing(policy.Target, family, first))
        {
            foreach (Cidr subnet in policy.Target.SubnetsOf(family))
                yield return match with { To = subnet, Table = RoutingRule.MainTable, SuppressPrefixLength = 0 };
        }

        foreach (RoutingRule match in Senders(policy.Target, family, first))
        {
            if (policy.AllowPublishedPort)
                yield return match with { Preference = first + 1, Table = RoutingRule.MainTable, SuppressPrefixLength = 0 };

            foreach (Cidr destination in policy.AllowDestination.Where(to => to.Family == family))
                yield return match with { Preference = first + 1, To = destination, Table = RoutingRule.MainTable };

            yield return match with { Preference = first + 2, Table = environment.Table };
            yield return match with { Preference = first + 3, Action = RoutingAction.Prohibit };
        }

        if (policy.Target.Bridge is InterfaceName bridge)
            yield return new RoutingRule(family, first + 4) { Iif = bridge, Action = RoutingAction.Blackhole };
    }

    // The network's own addresses, by its bridge. Where no subnet is known, whoever sends by the bridge.
    private static IEnumerable<RoutingRule> Senders(PolicyTarget target, IpFamily family, int preference) =>
        target.Subnets.IsEmpty
            ? PolicyMatches.Routing(target, family, preference)
            : target.SubnetsOf(family).Select(
                subnet => new RoutingRule(family, preference) { From = subnet, Iif = target.Bridge });

    private static string Reject(IpFamily family) => family == IpFamily.IPv4
        ? "-j REJECT --reject-with icmp-admin-prohibited"
        : "-j REJECT --reject-with icmp6-adm-prohibited";
}
