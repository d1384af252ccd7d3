using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing.Xtables;

/// <summary>What the target of an iptables rule does with a packet.</summary>
internal static class TargetEffect
{
    // Targets that do not affect the way of a packet (iptables-extensions(8)).
    private static readonly HashSet<string> s_harmless = new(StringComparer.Ordinal)
    {
        "", "LOG", "NFLOG", "ULOG", "TRACE", "CONNSECMARK", "SECMARK", "CLASSIFY", "DSCP", "TOS", "TTL", "HL", "TCPMSS",
        "TCPOPTSTRIP", "SET", "AUDIT", "CHECKSUM", "LED", "RATEEST", "TEE", "IDLETIMER",
    };

    /// <summary>The effect of a target that is not a chain; null if it is unknown.</summary>
    public static FirewallEffect? Of(RuleText rule, Packet packet, AddressTypes types) => rule.Target switch
    {
        "ACCEPT" => FirewallEffect.Accept(packet),
        "DROP" => FirewallEffect.Drop(packet),
        "REJECT" => FirewallEffect.Reject(packet),
        "RETURN" => FirewallEffect.Return(packet),
        "MARK" => Marked(rule, packet),
        "CONNMARK" => ConnectionMarked(rule, packet),
        "NOTRACK" => FirewallEffect.Untracked(packet),
        "CT" => rule.Option("--notrack") is null ? FirewallEffect.None(packet) : FirewallEffect.Untracked(packet),
        "DNAT" => Redirected(rule, packet, rule.Option("--to-destination")?.Value),
        "REDIRECT" => Redirected(
            rule,
            packet,
            types.On(packet.In, packet.Family) is IPAddress own
                ? Endpoint(own, rule.Option("--to-ports")?.Value)
                : null),
        "MASQUERADE" => FirewallEffect.SentAs(packet, packet.Out ?? ""),
        "SNAT" => FirewallEffect.SentAs(packet, rule.Option("--to-source")?.Value ?? ""),
        string target when s_harmless.Contains(target) => FirewallEffect.None(packet),
        _ => null,
    };

    private static FirewallEffect? Marked(RuleText rule, Packet packet)
    {
        if (rule.Option("--set-xmark") is not RuleOption option || MarkText.Parse(option.Value) is not FwMark mark)
            return null;

        return FirewallEffect.Marked(packet, (packet.Mark & ~mark.Mask) ^ mark.Value);
    }

    // net/netfilter/xt_connmark.c, connmark_tg_shift.
    private static FirewallEffect? ConnectionMarked(RuleText rule, Packet packet)
    {
        if (!packet.IsTracked)
            return FirewallEffect.None(packet);

        uint packetMask = Mask(rule, "--nfmask");
        uint connectionMask = Mask(rule, "--ctmask");
        if (rule.Option("--restore-mark") is not null)
        {
            uint value = (packet.Mark & ~packetMask) ^ (packet.ConnectionMark & connectionMask);
            return new FirewallEffect(
                ChainEnd.Continue,
                packet with { Mark = value },
                $"restores its mark from the connection: {MarkText.Hex(value)}");
        }

        if (rule.Option("--save-mark") is not null)
        {
            uint value = (packet.ConnectionMark & ~connectionMask) ^ (packet.Mark & packetMask);
            return new FirewallEffect(
                ChainEnd.Continue, packet with { ConnectionMark = value }, "saves its mark for the connection");
        }

        if (rule.Option("--set-xmark") is not RuleOption option || MarkText.Parse(option.Value) is not FwMark mark)
            return null;

        return FirewallEffect.ConnectionMarked(packet, (packet.ConnectionMark & ~mark.Mask) ^ mark.Value);
    }

    private static uint Mask(RuleText rule, string option) =>
        rule.Option(option) is RuleOption given && MarkText.Number(given.Value) is uint mask ? mask : uint.MaxValue;

    private static FirewallEffect? Redirected(RuleText rule, Packet packet, string? to)
    {
        // A range of addresses or ports can lead anywhere in it.
        if (to is null || !IPEndPoint.TryParse(to, out IPEndPoint? end) || rule.Option("--random") is not null)
            return null;

        return FirewallEffect.SentTo(packet, end.Address, end.Port == 0 ? packet.Port : end.Port);
    }

    private static string Endpoint(IPAddress address, string? port) =>
        port is null
            ? address.ToString()
            : address.GetAddressBytes().Length == 4
            ? $"{address}:{port}"
            : $"[{address}]:{port}";
}
