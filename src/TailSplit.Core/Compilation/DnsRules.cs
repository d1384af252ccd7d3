using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using Verdict = TailSplit.Core.Rules.FirewallVerdict;

namespace TailSplit.Core.Compilation;

/// <summary>
/// The firewall rules of -DnsServer: each query to port 53 goes to the server of its family, by the tunnel or not at
/// all. Queries to containers of the same network stay as they are.
/// </summary>
internal static class DnsRules
{
    /// <summary>Whether a rule matches DNS queries.</summary>
    public static bool IsQuestion(FirewallRule rule) => rule.Match.Port?.Port == ServicePort.Dns;

    /// <summary>Redirects queries to the server, whatever their destination.</summary>
    public static IEnumerable<FirewallRule> Redirections(KillswitchPolicy policy, IpFamily family)
    {
        if (policy.ServerOf(family) is not Cidr server)
            yield break;

        RuleOwner owner = RuleOwner.Of(policy);
        Cidr[] subnets = [.. policy.Target.SubnetsOf(family)];
        PacketMatch[] senders = policy.Target.Bridge is InterfaceName bridge
            ? [new() { In = bridge }]
            : [.. subnets.Select(subnet => new PacketMatch { Source = subnet })];
        foreach (PacketMatch sender in senders)
        {
            // Frames within the bridge come here only with br_netfilter, and keep their destination.
            foreach (Cidr subnet in subnets)
                yield return Rule(
                    sender with { Destination = subnet, DestinationIsNotHost = true }, new Verdict.Return());

            foreach (ServicePort question in ServicePort.NameQuestions)
                yield return Rule(sender with { Port = question }, new Verdict.RedirectTo(server.Address));
        }

        FirewallRule Rule(PacketMatch match, Verdict verdict) =>
            new(family, FirewallStage.DestinationNat, match, verdict, owner);
    }

    /// <summary>For the policy's chain: queries to the server may leave by the tunnel; others are refused.</summary>
    public static IEnumerable<(PacketMatch Match, Verdict Verdict)> Verdicts(KillswitchPolicy policy, IpFamily family)
    {
        if (policy.DnsServer.IsEmpty)
            yield break;

        if (policy.ServerOf(family) is Cidr server)
        {
            foreach (ServicePort question in ServicePort.NameQuestions)
                yield return (
                    new() { Destination = server, Out = policy.Tunnel, Port = question }, new Verdict.Return());
        }

        foreach ((PacketMatch match, Verdict verdict) in Refusals(policy, family, PacketMatch.Any))
            yield return (match, verdict);
    }

    /// <summary>Refuses the queries of a sender.</summary>
    public static IEnumerable<(PacketMatch Match, Verdict Verdict)> Refusals(
        KillswitchPolicy policy, IpFamily family, PacketMatch sender)
    {
        foreach (ServicePort question in ServicePort.NameQuestions)
        {
            PacketMatch match = sender with { Port = question };
            if (policy.Action == BlockAction.Reject)
            {
                foreach (Cidr subnet in sender.Source is Cidr source ? [source] : policy.Target.SubnetsOf(family))
                    yield return (match with { Source = subnet }, new Verdict.Reject());
            }

            yield return (match, new Verdict.Drop());
        }
    }

    /// <summary>
    /// The servers of the rules in force; <see cref="KillswitchPolicy.NoDns"/> if they refuse every query.
    /// </summary>
    public static ImmutableArray<Cidr> Read(IEnumerable<FirewallRule> firewall, IEnumerable<RoutingRule> routing)
    {
        FirewallRule[] questions = [.. firewall.Where(IsQuestion)];
        RoutingRule[] ways = [.. routing.Where(rule => rule.DestinationPort == ServicePort.Dns)];
        ImmutableArray<Cidr> servers = Cidr.Normalise(questions
            .Select(rule => rule.Verdict is Verdict.RedirectTo to ? Cidr.Of(to.Address) : rule.Match.Destination)
            .Concat(ways.Select(rule => rule.To))
            .OfType<Cidr>());
        return servers.IsEmpty && questions.Length + ways.Length > 0 ? [KillswitchPolicy.NoDns] : servers;
    }
}
