using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing;

/// <summary>How a chain, or a rule of it, leaves a packet.</summary>
internal enum ChainEnd
{
    /// <summary>Goes on with the next rule.</summary>
    Continue,

    /// <summary>Leaves the chain.</summary>
    Return,

    /// <summary>Done with this table's chain of the kernel; the packet goes on to the next.</summary>
    Accept,

    /// <summary>The packet ends here.</summary>
    Stop,
}

/// <summary>
/// What the target of a rule does with a packet, and in words; null words for what is no business of a trace.
/// </summary>
internal sealed record FirewallEffect(ChainEnd End, Packet Packet, string? Words)
{
    // Targets after which a packet goes on as it was, as far as its way is concerned (iptables-extensions(8)).
    private static readonly HashSet<string> s_harmless = new(StringComparer.Ordinal)
    {
        "", "LOG", "NFLOG", "ULOG", "TRACE", "CONNSECMARK", "SECMARK", "CLASSIFY", "DSCP", "TOS", "TTL", "HL", "TCPMSS",
        "TCPOPTSTRIP", "SET", "AUDIT", "CHECKSUM", "LED", "RATEEST", "TEE", "IDLETIMER",
    };

    /// <summary>The effect of a target that is no chain; null where it is not known what it does.</summary>
    public static FirewallEffect? Of(RuleText rule, Packet packet, AddressTypes types) => rule.Target switch
    {
        "ACCEPT" => new(ChainEnd.Accept, packet, "accepts it"),
        "DROP" => new(ChainEnd.Stop, packet, "drops it without a word"),
        "REJECT" => new(ChainEnd.Stop, packet, "rejects it with an error at once"),
        "RETURN" => new(ChainEnd.Return, packet, "returns: nothing more in this chain"),
        "MARK" => Marked(rule, packet),
        "CONNMARK" => ConnectionMarked(rule, packet),
        "NOTRACK" => new(ChainEnd.Continue, packet with { IsTracked = false }, "takes it out of connection tracking"),
        "CT" => rule.Option("--notrack") is null
            ? new(ChainEnd.Continue, packet, null)
            : new(ChainEnd.Continue, packet with { IsTracked = false }, "takes it out of connection tracking"),
        "DNAT" => Redirected(rule, packet, rule.Option("--to-destination")?.Value),
        "REDIRECT" => Redirected(rule, packet, types.On(packet.In, packet.Family) is IPAddress own ? Endpoint(own, rule.Option("--to-ports")?.Value) : null),
        "MASQUERADE" => new(ChainEnd.Accept, packet, $"sends it with the address of {packet.Out}"),
        "SNAT" => new(ChainEnd.Accept, packet, $"sends it with the address {rule.Option("--to-source")?.Value}"),
        string target when s_harmless.Contains(target) => new(ChainEnd.Continue, packet, null),
        _ => null,
    };

    private static FirewallEffect? Marked(RuleText rule, Packet packet)
    {
        if (rule.Option("--set-xmark") is not RuleOption option || MarkText.Parse(option.Value) is not FwMark mark)
            return null;

        uint value = (packet.Mark & ~mark.Mask) ^ mark.Value;
        return new(ChainEnd.Continue, packet with { Mark = value }, $"sets its mark to {MarkText.Hex(value)}");
    }

    // net/netfilter/xt_connmark.c, connmark_tg_shift.
    private static FirewallEffect? ConnectionMarked(RuleText rule, Packet packet)
    {
        uint packetMask = Mask(rule, "--nfmask");
        uint connectionMask = Mask(rule, "--ctmask");
        if (rule.Option("--restore-mark") is not null)
        {
            uint value = (packet.Mark & ~packetMask) ^ (packet.ConnectionMark & connectionMask);
            return new(ChainEnd.Continue, packet with { Mark = value }, $"restores its mark from the connection: {MarkText.Hex(value)}");
        }

        if (rule.Option("--save-mark") is not null)
        {
            uint value = (packet.ConnectionMark & ~connectionMask) ^ (packet.Mark & packetMask);
            return new(ChainEnd.Continue, packet with { ConnectionMark = value }, "saves its mark for the connection");
        }

        if (rule.Option("--set-xmark") is not RuleOption option || MarkText.Parse(option.Value) is not FwMark mark)
            return null;

        uint set = (packet.ConnectionMark & ~mark.Mask) ^ mark.Value;
        return new(ChainEnd.Continue, packet with { ConnectionMark = set }, $"sets the connection's mark to {MarkText.Hex(set)}");
    }

    private static uint Mask(RuleText rule, string option) =>
        rule.Option(option) is RuleOption given && MarkText.Number(given.Value) is uint mask ? mask : uint.MaxValue;

    private static FirewallEffect? Redirected(RuleText rule, Packet packet, string? to)
    {
        // A range of addresses or ports can lead anywhere in it.
        if (to is null || !IPEndPoint.TryParse(to, out IPEndPoint? end) || rule.Option("--random") is not null)
            return null;

        int port = end.Port == 0 ? packet.Port : end.Port;
        Packet sent = packet with { Destination = end.Address, Port = port, Original = packet.Original ?? (packet.Destination, packet.Port) };
        return new(ChainEnd.Accept, sent, $"sends it to {to} instead");
    }

    private static string Endpoint(IPAddress address, string? port) =>
        port is null ? address.ToString() : address.GetAddressBytes().Length == 4 ? $"{address}:{port}" : $"[{address}]:{port}";
}
