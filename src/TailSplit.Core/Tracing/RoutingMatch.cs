using System.Net;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing;

/// <summary>Whether an ip rule matches a packet that is forwarded (net/core/fib_rules.c, fib_rule_match).</summary>
internal static class RoutingMatch
{
    public static MatchAnswer Of(KernelRoutingRule rule, Packet packet)
    {
        MatchAnswer answer = MatchAnswers.Of(
            rule.NeverForwarded is null
            && (rule.Iif is null || (rule.Iif == packet.In && !rule.IsDetached))
            && (rule.FwMark is not FwMark mark || ((packet.Mark ^ mark.Value) & mark.Mask) == 0)
            && Holds(rule.From, packet.Source)
            && Holds(rule.To, packet.Destination)
            && (rule.IpProtocol is null || rule.IpProtocol == packet.IpProtocol));
        if (rule.SourcePort is PortRange source)
            answer = answer.And(Port(source, packet, packet.SourcePorts));

        if (rule.DestinationPort is PortRange destination)
            answer = answer.And(Port(destination, packet, packet.DestinationPorts));

        return rule.Inverted ? answer.Not() : answer;
    }

    private static MatchAnswer Port(PortRange wanted, Packet packet, PortRange ports) =>
        packet.HasPorts ? PortMatch.Of(wanted, ports) : MatchAnswer.No;

    private static bool Holds(Cidr? prefix, IPAddress address) => prefix is not Cidr wanted || wanted.Contains(address);
}
