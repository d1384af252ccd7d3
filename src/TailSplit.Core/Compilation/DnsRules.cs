using System.Collections.Immutable;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>
/// What -DnsServer compiles to: each question to port 53 is sent to the one server of its family, and leaves by the
/// tunnel or not at all. Containers of its own network are asked as before.
/// </summary>
internal static class DnsRules
{
    public const int Port = 53;

    /// <summary>TCP and UDP: what iptables calls them, and their numbers in the IP header.</summary>
    public static IReadOnlyList<(string Name, int Number)> Protocols { get; } = [("udp", 17), ("tcp", 6)];

    /// <summary>What a question is to iptables.</summary>
    public static IEnumerable<string> Questions { get; } =
        [.. Protocols.Select(protocol => $"-p {protocol.Name} -m {protocol.Name} --dport {Port}")];

    /// <summary>The server of a family; null where it has none.</summary>
    public static Cidr? ServerOf(KillswitchPolicy policy, IpFamily family)
    {
        foreach (Cidr server in policy.DnsServer)
        {
            if (server.Family == family && server != KillswitchPolicy.NoDns)
                return server;
        }

        return null;
    }

    /// <summary>nat: to the server, whomever it was sent to, the host and a published port included.</summary>
    public static IEnumerable<IptablesRule> Redirections(KillswitchPolicy policy, IpFamily family)
    {
        if (ServerOf(policy, family) is not Cidr server)
            yield break;

        string comment = RuleOwner.Of(policy).ToString();
        Cidr[] subnets = [.. policy.Target.SubnetsOf(family)];
        IptablesSpecification[] senders = policy.Target.Bridge is InterfaceName bridge
            ? [new() { In = bridge, Target = "" }]
            : [.. subnets.Select(subnet => new IptablesSpecification { Source = subnet, Target = "" })];
        foreach (IptablesSpecification sender in senders)
        {
            // What the bridge forwards comes here only with br_netfilter, and is not to go another way then.
            foreach (Cidr subnet in subnets)
                yield return Rule(sender with { Destination = subnet, Matches = "-m addrtype ! --dst-type LOCAL", Target = "-j RETURN" });

            foreach (string question in Questions)
                yield return Rule(sender with { Matches = question, Target = $"-j DNAT --to-destination {server.Address}" });
        }

        IptablesRule Rule(IptablesSpecification specification) =>
            new(family, IptablesTable.Nat, OwnChains.Dns, specification with { Comment = comment });
    }

    /// <summary>filter, in the policy's chain: to the server by the tunnel, and to nobody else.</summary>
    public static IEnumerable<IptablesSpecification> Verdicts(KillswitchPolicy policy, IpFamily family)
    {
        if (policy.DnsServer.IsEmpty)
            yield break;

        if (ServerOf(policy, family) is Cidr server)
        {
            foreach (string question in Questions)
                yield return new() { Destination = server, Out = policy.Tunnel, Matches = question, Target = "-j RETURN" };
        }

        foreach (IptablesSpecification refusal in Refusals(policy, family, new() { Target = "" }))
            yield return refusal;
    }

    /// <summary>Refuses the questions of these senders.</summary>
    public static IEnumerable<IptablesSpecification> Refusals(
        KillswitchPolicy policy, IpFamily family, IptablesSpecification sender)
    {
        foreach (string question in Questions)
        {
            IptablesSpecification match = sender with { Matches = $"{sender.Matches} {question}".Trim() };
            if (policy.Action == BlockAction.Reject)
            {
                foreach (Cidr subnet in sender.Source is Cidr source ? [source] : policy.Target.SubnetsOf(family))
                    yield return match with { Source = subnet, Target = KillswitchRules.Reject(family) };
            }

            yield return match with { Target = "-j DROP" };
        }
    }

    /// <summary>Reads the servers back.</summary>
    public static ImmutableArray<Cidr> Read(IEnumerable<IptablesRule> firewall, IEnumerable<RoutingRule> routing)
    {
        IptablesRule[] questions = [.. firewall.Where(rule => Questions.Any(question =>
            rule.Specification.Matches.EndsWith(question, StringComparison.Ordinal)))];
        RoutingRule[] ways = [.. routing.Where(rule => rule.DestinationPort == Port)];
        ImmutableArray<Cidr> servers = Cidr.Normalise(questions
            .Select(rule => rule.Chain == OwnChains.Dns ? Redirected(rule.Specification.Target) : rule.Specification.Destination)
            .Concat(ways.Select(rule => rule.To))
            .OfType<Cidr>());
        return servers.IsEmpty && questions.Length + ways.Length > 0 ? [KillswitchPolicy.NoDns] : servers;
    }

    private static Cidr? Redirected(string target) =>
        Cidr.TryParse(target.Split(' ')[^1], out Cidr server) ? server : null;
}
