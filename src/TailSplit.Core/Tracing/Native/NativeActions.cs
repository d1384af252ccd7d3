using System.Net;
using TailSplit.Core.Listing;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing.Native;

/// <summary>What statements do to a packet.</summary>
internal sealed class NativeActions(NativeValues values, AddressTypes types)
{
    /// <summary>The effect of a statement that is not a verdict; null if it can't be evaluated.</summary>
    public FirewallEffect? Of(NativeStatement statement, Packet packet) => statement switch
    {
        NativeMatch or NativeGate or NativePassing or NativeSetUpdate => FirewallEffect.None(packet),
        NativeAssignment assignment => Assign(assignment, packet),
        NativeReject reject => IsFor(reject, packet) ? FirewallEffect.Reject(packet) : FirewallEffect.None(packet),
        NativeNotrack => packet.Tracking == Tracking.Pending
            ? FirewallEffect.Untracked(packet)
            : FirewallEffect.None(packet),
        NativeTranslation translation => Translate(translation, packet),
        _ => null,
    };

    // nft leaves "meta nfproto ipv6" out where it lists a rule whose answer is ICMPv6, which says the same (nft
    // src/netlink_delinearize.c, stmt_reject_postprocess). The kernel still compares it.
    private static bool IsFor(NativeReject reject, Packet packet) => reject.Type switch
    {
        "icmp" => packet.Family == IpFamily.IPv4,
        "icmpv6" => packet.Family == IpFamily.IPv6,
        _ => true,
    };

    private FirewallEffect? Assign(NativeAssignment assignment, Packet packet)
    {
        if (assignment.Target is not NativeField target)
            return null;

        switch (target.Name)
        {
            case "meta mark":
                return values.Number(assignment.Value, packet, target) is uint mark
                    ? FirewallEffect.Marked(packet, mark)
                    : null;
            case "ct mark":
                return values.Number(assignment.Value, packet, target) is uint connection
                    ? FirewallEffect.ConnectionMarked(packet, connection)
                    : null;
            case "ip saddr" or "ip daddr" or "ip6 saddr" or "ip6 daddr" or "ct zone":
            case string name when NativeFields.IsDestinationPort(name) || NativeFields.IsSourcePort(name):
                return null;
            default:
                // Priority, DSCP, TTL, tracing and segment size do not affect the way.
                return FirewallEffect.None(packet);
        }
    }

    private FirewallEffect? Translate(NativeTranslation translation, Packet packet)
    {
        switch (translation.Kind)
        {
            case "masquerade":
                return FirewallEffect.SentAs(packet, packet.Out ?? "");
            case "snat":
                return FirewallEffect.SentAs(packet, $"{translation.Address}");
            case "redirect":
                return types.On(packet.In, packet.Family) is IPAddress own
                    ? SentTo(own, translation.Port, packet)
                    : null;
        }

        // A range, or a prefix for a prefix, can lead anywhere in it.
        if (translation.Flags.Contains("prefix") || translation.Address is not NativeExpression expression)
            return null;

        return values.Of(expression, packet) switch
        {
            AddressValue address => SentTo(address.Address, translation.Port, packet),
            ConcatValue { Parts: [AddressValue address, NumberValue { UnknownBits: 0 } port] } =>
                FirewallEffect.SentTo(packet, address.Address, (int)port.Value),
            _ => null,
        };
    }

    private FirewallEffect? SentTo(IPAddress address, NativeExpression? port, Packet packet) =>
        port is null ? FirewallEffect.SentTo(packet, address, packet.Port)
        : values.Of(port, packet) is NumberValue { UnknownBits: 0 } number
            ? FirewallEffect.SentTo(packet, address, (int)number.Value)
            : null;
}
