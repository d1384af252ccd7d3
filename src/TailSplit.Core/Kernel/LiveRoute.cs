using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Core.Kernel;

/// <summary>What a route does with a packet (RTN_* of linux/rtnetlink.h).</summary>
public enum RouteKind
{
    Unicast = 1,
    Local = 2,
    Broadcast = 3,
    Anycast = 4,
    Multicast = 5,
    Blackhole = 6,
    Unreachable = 7,
    Prohibit = 8,

    /// <summary>The table has no answer: continue with the next ip rule.</summary>
    Throw = 9,
}

/// <summary>An interface and a gateway.</summary>
public sealed record NextHop(string Device, string? Gateway);

/// <summary>A line of <c>ip -j route show table all</c>: everything that decides whether it is used.</summary>
public sealed record LiveRoute(int Table, RouteKind Kind, Cidr Destination)
{
    /// <summary>The usable next hops. A unicast route without one is skipped (RTNH_F_DEAD).</summary>
    public ImmutableArray<NextHop> NextHops { get; init; } = [];

    /// <summary>Lower comes first among routes to the same prefix.</summary>
    public long Metric { get; init; }

    /// <summary>Only packets of this prefix take it; IPv6 only (ip-route(8), "from").</summary>
    public Cidr? From { get; init; }

    public override string ToString()
    {
        string kind = Kind == RouteKind.Unicast ? "" : $"{ChoiceText.Of(Kind)} ";
        string to = Destination.PrefixLength == 0 ? "default" : Destination.AddressOrPrefix;
        return $"{kind}{to}{string.Join(" or", NextHops.Select(HopText))}";
    }

    private static string HopText(NextHop hop) =>
        hop.Gateway is string gateway ? $" via {gateway} dev {hop.Device}" : $" dev {hop.Device}";
}
