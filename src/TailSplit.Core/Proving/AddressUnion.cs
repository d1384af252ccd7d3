using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Proving;

/// <summary>The addresses that lie in any of some prefixes.</summary>
internal sealed class AddressUnion
{
    private readonly Cidr[] _prefixes;

    // Sorted, and none touches the next.
    private readonly Dictionary<IpFamily, List<(UInt128 First, UInt128 Last)>> _spans;

    /// <param name="prefixes">In any order; they can overlap.</param>
    public AddressUnion(IEnumerable<Cidr> prefixes)
    {
        _prefixes = [.. prefixes];
        _spans = _prefixes.GroupBy(prefix => prefix.Family).ToDictionary(family => family.Key, Merged);
    }

    /// <summary>
    /// The first address of a range that lies in none of the prefixes, or in those alone that hold the whole range, as
    /// a number; null for none.
    /// </summary>
    public UInt128? FirstOutside(IpFamily family, UInt128 first, UInt128 last)
    {
        if (Outside(family, first, last) is UInt128 found)
            return found;

        Cidr[] narrower = [.. _prefixes.Where(prefix => prefix.Span.First > first || prefix.Span.Last < last)];
        return narrower.Length < _prefixes.Length ? new AddressUnion(narrower).Outside(family, first, last) : null;
    }

    public bool Contains(IPAddress address)
    {
        Cidr host = Cidr.Of(address);
        return Outside(host.Family, host.Span.First, host.Span.First) is null;
    }

    private UInt128? Outside(IpFamily family, UInt128 first, UInt128 last)
    {
        if (!_spans.TryGetValue(family, out List<(UInt128 First, UInt128 Last)>? spans))
            return first;

        int at = spans.BinarySearch((first, UInt128.MaxValue));
        int before = (at < 0 ? ~at : at + 1) - 1;
        if (before < 0 || spans[before].Last < first)
            return first;

        return spans[before].Last < last ? spans[before].Last + 1 : null;
    }

    private static List<(UInt128 First, UInt128 Last)> Merged(IEnumerable<Cidr> prefixes)
    {
        List<(UInt128 First, UInt128 Last)> spans = [];
        foreach ((UInt128 first, UInt128 last) in prefixes.Select(prefix => prefix.Span).Order())
        {
            if (spans.Count > 0 && (first == 0 || first - 1 <= spans[^1].Last))
                spans[^1] = (spans[^1].First, UInt128.Max(spans[^1].Last, last));
            else
                spans.Add((first, last));
        }

        return spans;
    }
}
