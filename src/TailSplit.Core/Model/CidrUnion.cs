using System.Collections.Immutable;

namespace TailSplit.Core.Model;

/// <summary>The fewest prefixes that hold exactly the addresses of some others.</summary>
internal static class CidrUnion
{
    /// <returns>In order of family and address; no two overlap.</returns>
    public static ImmutableArray<Cidr> Of(IEnumerable<Cidr> prefixes)
    {
        List<Cidr> union = [];
        // In this order a prefix follows those that contain it, and the second half of one follows the first.
        foreach (Cidr prefix in Cidr.Normalise(prefixes))
        {
            if (union.Count > 0 && union[^1].Contains(prefix))
                continue;

            union.Add(prefix);
            while (union.Count > 1 && Join(union[^2], union[^1]) is Cidr whole)
            {
                union.RemoveRange(union.Count - 2, 2);
                union.Add(whole);
            }
        }

        return [.. union];
    }

    // The prefix whose two halves these are.
    private static Cidr? Join(Cidr first, Cidr second)
    {
        if (first.PrefixLength != second.PrefixLength || first.PrefixLength == 0)
            return null;

        Cidr whole = Cidr.Of(first.Address, first.PrefixLength - 1);
        return first != second && whole.Contains(second) ? whole : null;
    }
}
