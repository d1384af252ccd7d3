using TailSplit.Core.Model;

namespace TailSplit.Core.Proving;

/// <summary>
/// Groups of prefixes that a host treats alike: the same rules name them, or rules that differ in nothing but the
/// prefix and stand in the same place, and they lie in the same wider prefix. A host with a rule for each of a thousand
/// services, or a set with thousands of networks, needs one of them to be traced.
/// </summary>
internal sealed class PrefixGroups
{
    /// <param name="named">Prefixes, and what names them. The same text means rules that treat their prefixes
    /// alike.</param>
    public PrefixGroups(IEnumerable<(Cidr Prefix, string Origin)> named)
    {
        Dictionary<Cidr, string> origins = [];
        foreach ((Cidr prefix, string origin) in named)
            origins[prefix] = origins.TryGetValue(prefix, out string? known) ? $"{known}\n{origin}" : origin;

        int[] lengths = [.. origins.Keys.Select(prefix => prefix.PrefixLength).Distinct().OrderDescending()];
        HashSet<Cidr> wider = [];
        HashSet<(string, Cidr?)> seen = [];
        foreach ((Cidr prefix, string origin) in origins)
        {
            Cidr? around = Around(prefix, lengths, origins);
            if (around is Cidr outer)
                wider.Add(outer);

            if (seen.Add((origin, around)))
                Kept.Add(prefix);
            else
                Alike.Add(prefix);
        }

        // What holds another prefix is cut by it.
        Kept.UnionWith(Alike.Where(wider.Contains));
        Alike.ExceptWith(wider);
    }

    /// <summary>The first prefix of each group.</summary>
    public HashSet<Cidr> Kept { get; } = [];

    /// <summary>The others.</summary>
    public HashSet<Cidr> Alike { get; } = [];

    private static Cidr? Around(Cidr prefix, int[] lengths, Dictionary<Cidr, string> origins)
    {
        foreach (int length in lengths.Where(length => length < prefix.PrefixLength))
        {
            Cidr outer = Cidr.Of(prefix.Address, length);
            if (origins.ContainsKey(outer))
                return outer;
        }

        return null;
    }
}
