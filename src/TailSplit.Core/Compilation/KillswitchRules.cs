using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using Verdict = TailSplit.Core.Rules.FirewallVerdict;

namespace TailSplit.Core.Compilation;

/// <summary>
/// The firewall rules of a killswitch, for one family. The ip rules alone also keep it closed.
/// </summary>
internal static class KillswitchRules
{
    // Addresses that never leave the network's own link: of one that looks for an address (DHCP, RFC 4862), and
    // link-local ones, which no router takes further. The bridge asks the firewall about them with br_netfilter.
    private static readonly Cidr[] s_linkSources =
        [Cidr.Parse("0.0.0.0/32"), Cidr.Parse("::/128"), Cidr.Parse("fe80::/10")];

    // Without these a container could not find the gateway's link-layer address (RFC 4861): router solicitation,
    // neighbour solicitation, neighbour advertisement.
    private static readonly int[] s_neighbourDiscovery = [133, 135, 136];

    /// <summary>
    /// Forwarded packets come into the policy's chain by bridge, which can't be forged, and by subnet besides. Other
    /// packets of the bridge have an address that no container there has. They are dropped here, before conntrack can
    /// take them for the start of a connection (net/netfilter/nf_conntrack_core.c, __nf_conntrack_confirm).
    /// </summary>
    public static IEnumerable<FirewallRule> Entries(KillswitchPolicy policy, IpFamily family)
    {
        RuleOwner owner = RuleOwner.Of(policy);
        Cidr[] subnets = [.. policy.Target.SubnetsOf(family)];
        if (policy.Target.Bridge is InterfaceName bridge)
        {
            // The bridge's own address lies in the subnet. IPv6 has no check of its own for it (net/ipv6/route.c).
            yield return Rule(new() { In = bridge, SourceIsHost = true }, new Verdict.Drop());
            foreach (Cidr subnet in subnets)
                yield return Rule(new() { Source = subnet, In = bridge }, new Verdict.EnterPolicy());

            foreach (Cidr source in s_linkSources.Where(source => source.Family == family))
                yield return Rule(new() { Source = source, In = bridge, Out = bridge }, new Verdict.Return());

            // Packets that a routing container returns to the others. They start no connection.
            yield return Rule(new() { In = bridge, Out = bridge, Reply = new(null) }, new Verdict.Return());
            yield return Rule(new() { In = bridge }, new Verdict.Drop());
        }

        foreach (Cidr subnet in subnets)
        {
            // The host's own packets come by OUTPUT. By the bridge they are dropped above.
            if (policy.Target.Bridge is null)
            {
                yield return Rule(new() { Destination = subnet, SourceIsHost = true }, new Verdict.Drop());
                yield return Rule(new() { Source = subnet, SourceIsHost = true }, new Verdict.Drop());
            }

            yield return Rule(new() { Source = subnet }, new Verdict.EnterPolicy());
        }

        FirewallRule Rule(PacketMatch match, Verdict verdict) =>
            new(family, FirewallStage.Forward, match, verdict, owner);
    }

    /// <summary>Exceptions, then the refusal.</summary>
    public static IEnumerable<FirewallRule> Chain(
        KillswitchPolicy policy, IpFamily family, RuleEnvironment environment)
    {
        Cidr[] subnets = [.. policy.Target.SubnetsOf(family)];
        if (subnets.Length == 0)
            yield break;

        RuleOwner owner = RuleOwner.Of(policy);

        // Return, not accept: Docker's own rules, such as enable_icc=false, still apply.
        if (policy.Target.Bridge is InterfaceName bridge)
        {
            yield return Rule(new() { Out = bridge }, new Verdict.Return());
        }
        else
        {
            foreach (Cidr subnet in subnets)
                yield return Rule(new() { Destination = subnet }, new Verdict.Return());
        }

        if (policy.AllowPublishedPort)
        {
            foreach (Cidr subnet in subnets)
                yield return Rule(new() { Reply = new(subnet) }, new Verdict.Return());
        }

        foreach ((PacketMatch match, Verdict verdict) in DnsRules.Verdicts(policy, family))
            yield return Rule(match, verdict);

        yield return Rule(new() { Out = policy.Tunnel }, new Verdict.Return());
        foreach (Cidr destination in policy.AllowDestination.Where(to => to.Family == family))
            yield return Rule(new() { Destination = destination }, new Verdict.Return());

        if (policy.Action == BlockAction.Reject)
        {
            // To the network's own addresses only: see KillswitchRouting.
            foreach (Cidr subnet in subnets)
                yield return Rule(new() { Source = subnet }, new Verdict.Reject());
        }

        owner = owner with { OmitsClamp = !SegmentSizeRules.AreWritten(policy, environment) };
        yield return Rule(PacketMatch.Any, new Verdict.Drop());

        FirewallRule Rule(PacketMatch match, Verdict verdict) =>
            new(family, FirewallStage.Forward, match, verdict, owner) { IsInPolicyChain = true };
    }

    /// <summary>
    /// With BlockHost the host's own addresses are closed, except replies to what it asked; with DnsServer no name
    /// server of the host is asked.
    /// </summary>
    public static IEnumerable<FirewallRule> Host(KillswitchPolicy policy, IpFamily family)
    {
        if (!policy.BlockHost && policy.DnsServer.IsEmpty)
            yield break;

        RuleOwner owner = RuleOwner.Of(policy);
        Cidr[] subnets = [.. policy.Target.SubnetsOf(family)];

        // By bridge alone where it is known: the host's own address on the bridge lies inside the subnet.
        IEnumerable<PacketMatch> senders = policy.Target.Bridge is InterfaceName bridge
            ? [new() { In = bridge }]
            : subnets.Select(subnet => new PacketMatch { Source = subnet, NotFromLoopback = true });
        foreach (PacketMatch sender in senders)
        {
            if (!policy.BlockHost)
            {
                foreach ((PacketMatch match, Verdict verdict) in DnsRules.Refusals(policy, family, sender))
                    yield return Rule(match, verdict);

                continue;
            }

            if (family == IpFamily.IPv6)
            {
                foreach (int type in s_neighbourDiscovery)
                    yield return Rule(sender with { IcmpV6Type = type }, new Verdict.Return());
            }

            yield return Rule(sender with { SourceIsHost = true }, new Verdict.Drop());
            foreach (Cidr answering in Answering(sender))
                yield return Rule(sender with { Reply = new(answering) }, new Verdict.Return());

            if (policy.Action == BlockAction.Reject)
            {
                foreach (Cidr subnet in sender.Source is Cidr source ? [source] : subnets)
                    yield return Rule(sender with { Source = subnet }, new Verdict.Reject());
            }

            yield return Rule(sender, new Verdict.Drop());
        }

        // The host asks a container by either kind of address of it.
        IEnumerable<Cidr> Answering(PacketMatch sender) => sender.Source is Cidr source
            ? [source]
            : subnets.Concat(s_linkSources.Where(link => link.Family == family && !link.IsHost));

        FirewallRule Rule(PacketMatch match, Verdict verdict) =>
            new(family, FirewallStage.Input, match, verdict, owner);
    }
}
