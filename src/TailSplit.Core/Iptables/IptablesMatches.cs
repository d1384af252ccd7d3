using System.Globalization;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>
/// The matches of a rule beyond addresses and interfaces, in the words and the order in which iptables-save
/// prints them (iptables-extensions(8)).
/// </summary>
internal static class IptablesMatches
{
    private const string SourceIsHost = "-m addrtype --src-type LOCAL";
    private const string DestinationIsNotHost = "-m addrtype ! --dst-type LOCAL";
    private const string KnownConnection = "-m conntrack --ctstate RELATED,ESTABLISHED";

    /// <summary>A TCP segment that opens a connection or answers one that does.</summary>
    public const string OpensTcp = "-p tcp -m tcp --tcp-flags SYN,RST SYN";

    public static string Write(PacketMatch match) => string.Join(' ', Parts(match));

    private static IEnumerable<string> Parts(PacketMatch match)
    {
        if (match.NotFromLoopback)
            yield return "! -i lo";

        if (match.Port is ServicePort port)
            yield return string.Create(
                CultureInfo.InvariantCulture, $"-p {port.ProtocolName} -m {port.ProtocolName} --dport {port.Port}");

        if (match.IcmpV6Type is int type)
            yield return string.Create(CultureInfo.InvariantCulture, $"-p ipv6-icmp -m icmp6 --icmpv6-type {type}");

        if (match.OpensTcp)
            yield return OpensTcp;

        if (match.SourceIsHost)
            yield return SourceIsHost;

        if (match.DestinationIsNotHost)
            yield return DestinationIsNotHost;

        if (match.Reply is ReplyMatch reply)
        {
            string responder = reply.Responder is Cidr from ? $" --ctreplsrc {from}" : "";
            yield return $"{KnownConnection}{responder} --ctdir REPLY";
        }


        if (match.ConnectionMark is FwMark mark)
            yield return $"{KnownConnection} -m connmark --mark {mark}";
    }

    /// <summary>
    /// The match of a rule that was read. A rule with a match that TailSplit never writes is foreign.
    /// </summary>
    public static PacketMatch Read(IptablesSpecification rule)
    {
        PacketMatch match =
            new() { Source = rule.Source, Destination = rule.Destination, In = rule.In, Out = rule.Out };
        return rule.Matches.Length == 0 ? match : Read(match, rule.Matches);
    }

    private static PacketMatch Read(PacketMatch match, string text)
    {
        string rest = text;
        if (Take("! -i lo"))
            match = match with { NotFromLoopback = true };

        if (Take(OpensTcp))
            match = match with { OpensTcp = true };
        else if (Number("-p udp -m udp --dport ") is int udp)
            match = match with { Port = new(ServicePort.Udp, udp) };
        else if (Number("-p tcp -m tcp --dport ") is int tcp)
            match = match with { Port = new(ServicePort.Tcp, tcp) };
        else if (Number("-p ipv6-icmp -m icmp6 --icmpv6-type ") is int type)
            match = match with { IcmpV6Type = type };

        if (Take(SourceIsHost))
            match = match with { SourceIsHost = true };

        if (Take(DestinationIsNotHost))
            match = match with { DestinationIsNotHost = true };

        if (Take(KnownConnection))
            match = Connection(match);

        return rest.Length == 0 ? match : match with { HasForeignParts = true };

        PacketMatch Connection(PacketMatch known)
        {
            Cidr? responder = Word("--ctreplsrc ") is string from && Cidr.TryParse(from, out Cidr prefix)
                ? prefix
                : null;
            if (Take("--ctdir REPLY"))
                return known with { Reply = new(responder) };

            return Word("-m connmark --mark ") is string mark && FwMark.TryParse(mark, out FwMark value)
                ? known with { ConnectionMark = value }
                : known with { HasForeignParts = true };
        }

        bool Take(string words)
        {
            if (!rest.StartsWith(words, StringComparison.Ordinal)
                || (rest.Length > words.Length && rest[words.Length] != ' '))
                return false;

            rest = rest[words.Length..].TrimStart();
            return true;
        }

        string? Word(string option)
        {
            if (!rest.StartsWith(option, StringComparison.Ordinal))
                return null;

            string word = rest[option.Length..].Split(' ', 2)[0];
            rest = rest[(option.Length + word.Length)..].TrimStart();
            return word;
        }

        int? Number(string option)
        {
            string before = rest;
            if (Word(option) is string word
                && int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                return number;

            rest = before;
            return null;
        }
    }
}
