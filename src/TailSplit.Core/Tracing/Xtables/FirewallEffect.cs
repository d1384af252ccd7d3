using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing.Xtables;

/// <summary>How a chain, or a rule of it, leaves a packet.</summary>
internal enum ChainEnd
{
    /// <summary>Goes on with the next rule.</summary>
    Continue,

    /// <summary>Leaves the chain.</summary>
    Return,

    /// <summary>Done with this base chain; the packet goes on to the next.</summary>
    Accept,

    /// <summary>The same, and its address is translated: no other chain of nat runs at this hook.</summary>
    Translated,

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
        "ACCEPT" => Accept(packet),
        "DROP" => Drop(packet),
        "REJECT" => Reject(packet),
        "RETURN" => Return(packet),
        "MARK" => Marked(rule, packet),
        "CONNMARK" => ConnectionMarked(rule, packet),
        "NOTRACK" => Untracked(packet),
        "CT" => rule.Option("--notrack") is null ? None(packet) : Untracked(packet),
        "DNAT" => Redirected(rule, packet, rule.Option("--to-destination")?.Value),
        "REDIRECT" => Redirected(rule, packet, types.On(packet.In, packet.Family) is IPAddress own ? Endpoint(own, rule.Option("--to-ports")?.Value) : null),
        "MASQUERADE" => SentAs(packet, packet.Out ?? ""),
        "SNAT" => SentAs(packet, rule.Option("--to-source")?.Value ?? ""),
        string target when s_harmless.Contains(target) => None(packet),
        _ => null,
    };

    /// <summary>Nothing that matters for the packet's way.</summary>
    public static FirewallEffect None(Packet packet) => new(ChainEnd.Continue, packet, null);

    public static FirewallEffect Accept(Packet packet) => new(ChainEnd.Accept, packet, "accepts it");

    public static FirewallEffect Drop(Packet packet) => new(ChainEnd.Stop, packet, "drops it without an answer");

    public static FirewallEffect Reject(Packet packet) =>
        new(ChainEnd.Stop, packet, "rejects it with an error at once");

    public static FirewallEffect Return(Packet packet) =>
        new(ChainEnd.Return, packet, "returns: nothing more in this chain");

    public static FirewallEffect Untracked(Packet packet) => new(
        ChainEnd.Continue, packet with { Tracking = Tracking.Untracked }, "takes it out of connection tracking");

    public static FirewallEffect Marked(Packet packet, uint mark) => new(
        ChainEnd.Continue, packet with { Mark = mark }, $"sets its mark to {MarkText.Hex(mark)}");

    public static FirewallEffect ConnectionMarked(Packet packet, uint mark) => new(
        ChainEnd.Continue,
        packet with { ConnectionMark = mark },
        $"sets the connection's mark to {MarkText.Hex(mark)}");

    /// <summary>Source translation, to an address or to that of an interface.</summary>
    public static FirewallEffect SentAs(Packet packet, string source) => new(
        ChainEnd.Translated,
        packet with { SourceTranslation = source },
        $"sends it with the address {(source == packet.Out ? "of " : "")}{source}");

    /// <summary>Destination translation.</summary>
    public static FirewallEffect SentTo(Packet packet, IPAddress address, int port)
    {
        Packet sent = packet with
        {
            Destination = address,
            Port = port,
            Original = packet.Original ?? (packet.Destination, packet.Port),
        };
        string end = port == packet.Port ? address.ToString() : new IPEndPoint(address, port).ToString();
        return new(ChainEnd.Translated, sent, $"sends it to {end} instead");
    }

    private static FirewallEffect? Marked(RuleText rule, Packet packet)
    {
        if (rule.Option("--set-xmark") is not RuleOption option || MarkText.Parse(option.Value) is not FwMark mark)
            return null;

        return Marked(packet, (packet.Mark & ~mark.Mask) ^ mark.Value);
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

        return ConnectionMarked(packet, (packet.ConnectionMark & ~mark.Mask) ^ mark.Value);
    }

    private static uint Mask(RuleText rule, string option) =>
        rule.Option(option) is RuleOption given && MarkText.Number(given.Value) is uint mask ? mask : uint.MaxValue;

    private static FirewallEffect? Redirected(RuleText rule, Packet packet, string? to)
    {
        // A range of addresses or ports can lead anywhere in it.
        if (to is null || !IPEndPoint.TryParse(to, out IPEndPoint? end) || rule.Option("--random") is not null)
            return null;

        return SentTo(packet, end.Address, end.Port == 0 ? packet.Port : end.Port);
    }

    private static string Endpoint(IPAddress address, string? port) =>
        port is null ? address.ToString() : address.GetAddressBytes().Length == 4 ? $"{address}:{port}" : $"[{address}]:{port}";
}
