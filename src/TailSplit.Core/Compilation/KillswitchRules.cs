using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>What a killswitch compiles to, one family at a time. Either layer alone keeps it closed.</summary>
internal static class KillswitchRules
{
    private const string Replies = "-m conntrack --ctstate RELATED,ESTABLISHED --ctdir REPLY";
    private const string SourceIsHost = "-m addrtype --src-type LOCAL";

    // Addresses that say nothing beyond the network's own link: of one that looks for an address (DHCP, RFC 4862), and
    // link-local ones, which no router takes further. The bridge asks the firewall about them with br_netfilter.
    private static readonly Cidr[] s_linkSources =
        [Cidr.Parse("0.0.0.0/32"), Cidr.Parse("::/128"), Cidr.Parse("fe80::/10")];

    // Without these a container could not find the gateway's link-layer address (RFC 4861): router solicitation,
    // neighbour solicitation, neighbour advertisement.
    private static readonly int[] s_neighbourDiscovery = [133, 135, 136];

    /// <summary>
    /// filter: into the policy's chain by bridge, which can't be forged, and by subnet besides. Whatever else comes by
    /// the bridge bears an address that no container there has: it ends here, before conntrack can take it for the
    /// beginning of a connection (net/netfilter/nf_conntrack_core.c, __nf_conntrack_confirm).
    /// </summary>
    public static IEnumerable<IptablesRule> Entries(KillswitchPolicy policy, IpFamily family)
    {
        string chain = $"-g {OwnChains.Of(policy.Kind, policy.Name)}";
        string comment = RuleOwner.Of(policy).ToString();
        Cidr[] subnets = [.. policy.Target.SubnetsOf(family)];
        if (policy.Target.Bridge is InterfaceName bridge)
        {
            // The bridge's own address lies in the subnet. IPv6 has no check of its own for it (net/ipv6/route.c).
            yield return Rule(new() { In = bridge, Matches = SourceIsHost, Target = "-j DROP" });
            foreach (Cidr subnet in subnets)
                yield return Rule(new() { Source = subnet, In = bridge, Target = chain });

            foreach (Cidr source in s_linkSources.Where(source => source.Family == family))
            {
                yield return Rule(new()
                {
                    Source = source,
                    In = bridge,
                    Out = bridge,
                    Target = "-j RETURN",
                });
            }

            // What a container that routes for the others hands back to them. It begins no connection.
            yield return Rule(new() { In = bridge, Out = bridge, Matches = Replies, Target = "-j RETURN" });
            yield return Rule(new() { In = bridge, Target = "-j DROP" });
        }

        foreach (Cidr subnet in subnets)
        {
            // The host's own packets come by OUTPUT. By the bridge they are dropped above.
            if (policy.Target.Bridge is null)
            {
                yield return Rule(new() { Destination = subnet, Matches = SourceIsHost, Target = "-j DROP" });
                yield return Rule(new() { Source = subnet, Matches = SourceIsHost, Target = "-j DROP" });
            }

            yield return Rule(new() { Source = subnet, Target = chain });
        }

        IptablesRule Rule(IptablesSpecification specification) =>
            new(family, IptablesTable.Filter, OwnChains.Killswitch, specification with { Comment = comment });
    }

    /// <summary>filter: what may pass, then the end.</summary>
    public static IEnumerable<IptablesRule> Chain(
        KillswitchPolicy policy, IpFamily family, RuleEnvironment environment)
    {
        Cidr[] subnets = [.. policy.Target.SubnetsOf(family)];
        if (subnets.Length == 0)
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
            foreach (Cidr subnet in subnets)
                yield return Rule(new() { Destination = subnet, Target = "-j RETURN" });
        }

        if (policy.AllowPublishedPort)
        {
            foreach (Cidr subnet in subnets)
                yield return Rule(new() { Matches = RepliesOf(subnet), Target = "-j RETURN" });
        }

        foreach (IptablesSpecification verdict in DnsRules.Verdicts(policy, family))
            yield return Rule(verdict);

        yield return Rule(new() { Out = policy.Tunnel, Target = "-j RETURN" });
        foreach (Cidr destination in policy.AllowDestination.Where(to => to.Family == family))
            yield return Rule(new() { Destination = destination, Target = "-j RETURN" });

        if (policy.Action == BlockAction.Reject)
        {
            // To the network's own addresses only: see Routing.
            foreach (Cidr subnet in subnets)
                yield return Rule(new() { Source = subnet, Target = Reject(family) });
        }

        comment = MssClamp.LastComment(RuleOwner.Of(policy), environment);
        yield return Rule(new() { Target = "-j DROP" });

        IptablesRule Rule(IptablesSpecification specification) =>
            new(family, IptablesTable.Filter, chain, specification with { Comment = comment });
    }

    /// <summary>
    /// filter, INPUT: with BlockHost the host's own addresses are closed, but for replies to what it asked; with
    /// DnsServer no name server of the host is asked.
    /// </summary>
    public static IEnumerable<IptablesRule> Host(KillswitchPolicy policy, IpFamily family)
    {
        if (!policy.BlockHost && policy.DnsServer.IsEmpty)
            yield break;

        string comment = RuleOwner.Of(policy).Brief.ToString();
        Cidr[] subnets = [.. policy.Target.SubnetsOf(family)];
        // By bridge alone where it is known: the host's own address on the bridge lies inside the subnet.
        IEnumerable<IptablesSpecification> matches = policy.Target.Bridge is InterfaceName bridge
            ? [new() { In = bridge, Target = "" }]
            : subnets.Select(subnet => new IptablesSpecification { Source = subnet, Matches = "! -i lo", Target = "" });
        foreach (IptablesSpecification match in matches)
        {
            if (!policy.BlockHost)
            {
                foreach (IptablesSpecification refusal in DnsRules.Refusals(policy, family, match))
                    yield return Rule(refusal, "", refusal.Target);

                continue;
            }

            if (family == IpFamily.IPv6)
            {
                foreach (int type in s_neighbourDiscovery)
                    yield return Rule(match, $"-p ipv6-icmp -m icmp6 --icmpv6-type {type}", "-j RETURN");
            }

            yield return Rule(match, SourceIsHost, "-j DROP");
            foreach (Cidr answering in Answering(match))
                yield return Rule(match, RepliesOf(answering), "-j RETURN");

            if (policy.Action == BlockAction.Reject)
            {
                foreach (Cidr subnet in match.Source is Cidr source ? [source] : subnets)
                    yield return Rule(match with { Source = subnet }, "", Reject(family));
            }

            yield return Rule(match, "", "-j DROP");
        }

        // The host asks a container by either kind of address of it.
        IEnumerable<Cidr> Answering(IptablesSpecification match) =>
            match.Source is Cidr source ? [source] : subnets.Concat(s_linkSources.Where(link => link.Family == family && !link.IsHost));

        IptablesRule Rule(IptablesSpecification match, string more, string target) => new(
            family, IptablesTable.Filter, OwnChains.Host,
            match with { Matches = $"{match.Matches} {more}".Trim(), Comment = comment, Target = target });
    }

    // Of connections whose answering side is in the network. An ICMP error is a reply of the connection that it tells
    // of, whatever its source address (net/netfilter/nf_conntrack_proto_icmp.c, nf_conntrack_inet_error).
    private static string RepliesOf(Cidr subnet) =>
        $"-m conntrack --ctstate RELATED,ESTABLISHED --ctreplsrc {subnet} --ctdir REPLY";

    public static string Reject(IpFamily family) => family == IpFamily.IPv4
        ? "-j REJECT --reject-with icmp-admin-prohibited"
        : "-j REJECT --reject-with icmp6-adm-prohibited";
}
