using System.Globalization;
using System.Net;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing.Xtables;

/// <summary>
/// Whether a rule of iptables matches a packet (iptables(8), iptables-extensions(8)). A match that is not understood is
/// <see cref="MatchAnswer.Unknown"/>, unless another match of the rule fails.
/// </summary>
internal sealed class FirewallMatch(AddressTypes types)
{
    // Modules that match nothing by themselves; what their options match is looked at below.
    private static readonly HashSet<string> s_modules = new(StringComparer.Ordinal)
    {
        "tcp", "udp", "sctp", "dccp", "udplite", "icmp", "icmp6", "comment", "conntrack", "state", "mark", "connmark",
        "addrtype", "multiport",
    };

    public MatchAnswer Of(RuleText rule, Packet packet)
    {
        MatchAnswer answer = MatchAnswer.Yes;
        bool connection = false;
        foreach (RuleOption option in rule.Matches)
        {
            if (option.Name == "-m")
                connection = option.Value == "connmark" || (connection && option.Value != "mark");

            if (!packet.IsTracked && IsOfConnection(option, connection))
                return rule.Matches.Any(other => other.Name == "--ctstate") ? MatchAnswer.Unknown : MatchAnswer.No;

            MatchAnswer one = Of(option, packet, connection);
            answer = answer.And(option.Negated ? one.Not() : one);
            // Nothing else in the rule can change that.
            if (answer == MatchAnswer.No)
                return answer;
        }

        return answer;
    }

    // A packet without a connection does not match, negated or not; beside a state that it has, it does (xt_connmark.c:
    // connmark_mt, xt_conntrack.c: conntrack_mt).
    private static bool IsOfConnection(RuleOption option, bool connection) =>
        (option.Name == "--mark" && connection)
        || (option.Name.StartsWith("--ct", StringComparison.Ordinal) && option.Name != "--ctstate");

    private MatchAnswer Of(RuleOption option, Packet packet, bool connection) => option.Name switch
    {
        "-m" => s_modules.Contains(option.Value) ? MatchAnswer.Yes : MatchAnswer.Unknown,
        "--comment" => MatchAnswer.Yes,
        "-s" => Address(option, packet.Source),
        "-d" => Address(option, packet.Destination),
        "-i" => Interface(option.Value, packet.In),
        "-o" => packet.Out is string leaving ? Interface(option.Value, leaving) : MatchAnswer.Unknown,
        "-p" => Protocol(option.Value, packet),
        "-f" => MatchAnswer.No,
        "--dport" or "--dports" or "--sport" or "--sports" or "--ports" or "--ctorigdstport" when !packet.HasPorts =>
            MatchAnswer.Unknown,
        "--dport" or "--dports" => PortMatch.Of(option.Value, packet.DestinationPorts),
        "--sport" or "--sports" => PortMatch.Of(option.Value, packet.SourcePorts),
        "--ports" => PortMatch.Of(option.Value, packet.SourcePorts).Or(
            PortMatch.Of(option.Value, packet.DestinationPorts)),
        "--tcp-flags" => TcpFlags(option.Values, packet),
        "--icmp-type" or "--icmpv6-type" => option.Value == "any" ? MatchAnswer.Yes : Icmp(option.Value, packet.Icmp),
        "--ctstate" or "--state" => ConntrackState(option.Value.Split(','), packet),
        "--ctdir" => MatchAnswers.Of(option.Value == "REPLY" == packet.IsAnswer),
        "--ctreplsrc" => Address(option, packet.IsAnswer ? packet.Source : packet.Destination),
        // An answer does not show whether the destination of its connection was translated.
        "--ctorigdst" or "--ctorigdstport" when packet.IsAnswer => MatchAnswer.Unknown,
        "--ctorigdst" => Address(option, packet.Original?.Destination ?? packet.Destination),
        "--ctorigdstport" => PortMatch.Of(
            option.Value, (packet with { Port = packet.Original?.Port ?? packet.Port }).DestinationPorts),
        "--mark" => Mark(option.Value, connection ? packet.ConnectionMark : packet.Mark),
        "--src-type" => Type(option.Value, packet.Source),
        "--dst-type" => Type(option.Value, packet.Destination),
        _ => MatchAnswer.Unknown,
    };

    private static MatchAnswer Address(RuleOption option, IPAddress address) =>
        option.Prefix is Cidr prefix ? MatchAnswers.Of(prefix.Contains(address)) : MatchAnswer.Unknown;

    private static MatchAnswer Interface(string pattern, string name) => MatchAnswers.Of(
        pattern.EndsWith('+') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern);

    private static MatchAnswer Protocol(string text, Packet packet) =>
        text is "all" or "0" ? MatchAnswer.Yes
        : ProtocolNumbers.Of(text) is int number ? MatchAnswers.Of(packet.IpProtocol == number)
        : packet.Protocol == PacketProtocol.Other ? MatchAnswer.Unknown
        : MatchAnswer.No;

    // The first packet of a connection has only SYN, a later one ACK.
    private static MatchAnswer TcpFlags(IReadOnlyList<string> values, Packet packet)
    {
        if (values.Count != 2)
            return MatchAnswer.Unknown;

        string flag = packet.State == ConnectionState.New ? "SYN" : "ACK";
        bool looksAtIt = values[0] == "ALL" || values[0].Split(',').Contains(flag);
        return MatchAnswers.Of(values[1] switch
        {
            "NONE" => !looksAtIt,
            "ALL" => false,
            string wanted => looksAtIt && wanted == flag,
        });
    }

    private static MatchAnswer Icmp(string wanted, (byte Type, byte Code) icmp) => MatchAnswers.Of(
        wanted == string.Create(CultureInfo.InvariantCulture, $"{icmp.Type}")
        || wanted == string.Create(CultureInfo.InvariantCulture, $"{icmp.Type}/{icmp.Code}"));

    private static MatchAnswer ConntrackState(string[] states, Packet packet)
    {
        string state = packet.Tracking switch
        {
            Tracking.Tracked => packet.State.ToString().ToUpperInvariant(),
            Tracking.Untracked => "UNTRACKED",
            _ => "INVALID",
        };
        return states.Contains(state) ? MatchAnswer.Yes
            : !packet.IsTracked ? MatchAnswer.No
            // A connection that exists may be translated.
            : packet.State != ConnectionState.New && (states.Contains("SNAT") || states.Contains("DNAT"))
                ? MatchAnswer.Unknown
            : MatchAnswers.Of(packet.Original is not null && states.Contains("DNAT"));
    }

    private static MatchAnswer Mark(string text, uint mark) =>
        MarkText.Parse(text) is FwMark wanted
            ? MatchAnswers.Of((mark & wanted.Mask) == wanted.Value)
            : MatchAnswer.Unknown;

    private MatchAnswer Type(string wanted, IPAddress address)
    {
        string[] names = wanted.Split(',');
        return names.All(name => name is "LOCAL" or "UNICAST" or "BROADCAST" or "MULTICAST" or "ANYCAST")
            ? MatchAnswers.Of(names.Contains(types.Of(address).ToString().ToUpperInvariant()))
            : MatchAnswer.Unknown;
    }
}
