using System.Net;

namespace TailSplit.Core.Tracing;

/// <summary>
/// What the target of a rule does with a packet, and its description; null if a trace does not show it.
/// </summary>
internal sealed record FirewallEffect(ChainEnd End, Packet Packet, string? Words)
{
    /// <summary>Nothing that affects the packet's way.</summary>
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

    /// <summary>
    /// A packet without a connection changes nothing (net/netfilter/nft_ct.c: nft_ct_set_eval, xt_connmark.c:
    /// connmark_tg).
    /// </summary>
    public static FirewallEffect ConnectionMarked(Packet packet, uint mark) => !packet.IsTracked
        ? None(packet)
        : new(
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
}
