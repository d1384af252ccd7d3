using System.Net;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing;

/// <summary>
/// The route that nft's <c>fib</c> finds for an address of a packet (net/ipv4/netfilter/nft_fib_ipv4.c and its twin
/// for IPv6).
/// </summary>
internal sealed class FibLookup(RouteTables tables, Func<RouteTables, PolicyRouting> routing)
{
    /// <summary>Whether routes are known; where only a part of a packet's way is looked at, they are not.</summary>
    public bool KnowsRoutes => !tables.All.IsEmpty;

    /// <summary>The interface of the route; null for none that leads to a neighbour.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="isSource">Whether its source is looked up, as for an answer.</param>
    /// <param name="isBound">Whether the route must be by the interface by which the packet came.</param>
    /// <param name="heedsMark">Whether ip rules see its mark.</param>
    public string? DeviceOf(Packet packet, bool isSource, bool isBound, bool heedsMark)
    {
        bool isIPv4 = packet.Family == IpFamily.IPv4;
        (IPAddress to, IPAddress from) = isSource
            ? (packet.Source, packet.Destination)
            : (packet.Destination, packet.Source);
        Packet asked = packet with
        {
            // In IPv4, an answer comes in by the interface by which the packet leaves, once that is known.
            In = isIPv4 && isBound && isSource && packet.Out is string leaving ? leaving : "lo",
            Source = from,
            Destination = to,
            Mark = heedsMark ? packet.Mark : 0,
            // The lookup has no ports, and in IPv4 no protocol.
            Protocol = isIPv4 ? PacketProtocol.Other : packet.Protocol,
            OtherProtocol = isIPv4 ? 0 : packet.OtherProtocol,
            Port = 0,
            ClientPort = 0,
        };
        // A link-local address is looked up among the routes of that interface alone.
        RouteTables known = isBound && to.IsIPv6LinkLocal ? By(packet.In) : tables;
        RouteDecision decision = routing(known).Decide(asked);
        if (decision.Outcome != RouteOutcome.Forward)
            return null;

        return !isBound ? decision.Device
            : decision.Route!.NextHops.Any(hop => hop.Device == packet.In) ? packet.In
            : null;
    }

    private RouteTables By(string device) => new(
    [
        .. tables.All.Where(
            route => route.Kind != RouteKind.Unicast || route.NextHops.Any(hop => hop.Device == device)),
    ]);
}
