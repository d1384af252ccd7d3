using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Proving;

/// <summary>Cuts the address space along prefixes: all addresses of one piece lie in the same prefixes.</summary>
internal static class AddressClasses
{
    // No packet with such a destination is forwarded (net/ipv4/route.c, ip_route_input_slow; net/ipv6/ip6_output.c,
    // ip6_forward); multicast needs a multicast router.
    private static readonly Cidr[] s_neverForwarded =
    [
        Cidr.Parse("0.0.0.0/8"), Cidr.Parse("127.0.0.0/8"), Cidr.Parse("224.0.0.0/4"), Cidr.Parse("240.0.0.0/4"),
        Cidr.Parse("::/127"), Cidr.Parse("::ffff:0:0/96"), Cidr.Parse("ff00::/8"),
    ];

    /// <summary>Whether packets to an address are forwarded at all.</summary>
    public static bool IsForwarded(IPAddress address) => !Array.Exists(s_neverForwarded, never => never.Contains(address));

    /// <summary>One address of each piece, except pieces that are never forwarded.</summary>
    /// <param name="family">The family.</param>
    /// <param name="prefixes">The prefixes that anything distinguishes.</param>
    /// <param name="within">Where to look; null for the whole space.</param>
    public static IEnumerable<IPAddress> Of(IpFamily family, IEnumerable<Cidr> prefixes, Cidr? within = null)
    {
        (UInt128 first, UInt128 last) = (within ?? Cidr.Of(family == IpFamily.IPv4 ? IPAddress.Any : IPAddress.IPv6Any, 0)).Span;
        SortedSet<UInt128> starts = [first];
        foreach (Cidr prefix in prefixes.Concat(s_neverForwarded).Where(prefix => prefix.Family == family))
        {
            starts.Add(prefix.Span.First);
            if (prefix.Span.Last < last)
                starts.Add(prefix.Span.Last + 1);
        }

        return starts
            .Where(start => start >= first && start <= last)
            .Select(start => Cidr.AddressAt(family, start))
            .Where(IsForwarded);
    }
}
