using System.Net;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing;

/// <summary>
/// What an address is to the host, as its table <c>local</c> says (net/ipv4/fib_frontend.c, inet_addr_type).
/// </summary>
internal sealed class AddressTypes(RouteTables routes)
{
    /// <summary>The type to one interface alone: an address that only another one has is unicast there.</summary>
    public RouteKind Of(IPAddress address, string? device) => device is null
        || routes.Find(KernelTable.Local, address, source: null)?.NextHops.Any(hop => hop.Device == device) != false
            ? Of(address)
            : RouteKind.Unicast;

    public RouteKind Of(IPAddress address) =>
        routes.Find(KernelTable.Local, address, source: null)?.Kind is RouteKind kind and not RouteKind.Unicast ? kind
        : IsMulticast(address) ? RouteKind.Multicast
        : RouteKind.Unicast;

    /// <summary>An address of the host on an interface.</summary>
    public IPAddress? On(string device, IpFamily family) => routes.All
        .Where(
            route => route is { Table: KernelTable.Local, Kind: RouteKind.Local }
                && route.Destination.IsHost
                && route.Destination.Family == family)
        .FirstOrDefault(route => route.NextHops.Any(hop => hop.Device == device))?.Destination.Address;

    public static bool IsMulticast(IPAddress address) =>
        address.IsIPv6Multicast || (address.GetAddressBytes() is [>= 224 and < 240, _, _, _]);
}
