using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Flows;

/// <summary>The fewest prefixes that contain some addresses and exclude others.</summary>
internal static class AddressCover
{
    /// <param name="family">The family of all of them.</param>
    /// <param name="wanted">Each is in one of the prefixes, unless it is also in the excluded ones.</param>
    /// <param name="kept">No prefix has any of these.</param>
    public static ImmutableArray<Cidr> Of(IpFamily family, IEnumerable<IPAddress> wanted, IEnumerable<Cidr> kept)
    {
        ImmutableArray<Cidr>.Builder cover = ImmutableArray.CreateBuilder<Cidr>();
        Cidr all = family == IpFamily.IPv4 ? Cidr.Of(IPAddress.Any, 0) : Cidr.Of(IPAddress.IPv6Any, 0);
        Add(all, [.. wanted], [.. kept.Where(prefix => prefix.Family == family)], cover);
        return cover.DrainToImmutable();
    }

    private static void Add(Cidr prefix, IPAddress[] wanted, Cidr[] kept, ImmutableArray<Cidr>.Builder cover)
    {
        if (wanted.Length == 0 || kept.Any(other => other.Contains(prefix)))
            return;

        if (kept.Length == 0)
        {
            cover.Add(prefix);
            return;
        }

        foreach (Cidr half in prefix.Halves())
        {
            Add(
                half,
                [.. wanted.Where(half.Contains)],
                [.. kept.Where(half.Overlaps)],
                cover);
        }
    }
}
