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
    public static bool IsForwarded(IPAddress address) =>
        !Array.Exists(s_neverForwarded, never => never.Contains(address));

    /// <summary>One address of each piece, except pieces that are never forwarded.</summary>
    /// <param name="family">The family.</param>
    /// <param name="prefixes">The prefixes that anything distinguishes.</param>
    /// <param name="within">Where to look; null for the whole space.</param>
    /// <param name="avoided">Addresses that do not represent a piece if it has others.</param>
    public static IEnumerable<IPAddress> Of(
        IpFamily family, IEnumerable<Cidr> prefixes, Cidr? within = null, AddressUnion? avoided = null)
    {
        Cidr whole = within ?? Cidr.Of(family == IpFamily.IPv4 ? IPAddress.Any : IPAddress.IPv6Any, 0);
        (UInt128 first, UInt128 last) = whole.Span;
        SortedSet<UInt128> starts = [first];
        foreach (Cidr prefix in prefixes.Concat(s_neverForwarded).Where(prefix => prefix.Family == family))
        {
            starts.Add(prefix.Span.First);
            if (prefix.Span.Last < last)
                starts.Add(prefix.Span.Last + 1);
        }

        UInt128[] pieces = [.. starts.Where(start => start >= first && start <= last)];
        for (int i = 0; i < pieces.Length; i++)
        {
            UInt128 end = i + 1 < pieces.Length ? pieces[i + 1] - 1 : last;
            IPAddress address = Cidr.AddressAt(family, avoided?.FirstOutside(family, pieces[i], end) ?? pieces[i]);
            if (IsForwarded(address))
                yield return address;
        }
    }
}
