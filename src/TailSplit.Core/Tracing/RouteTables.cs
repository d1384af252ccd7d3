using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing;

/// <summary>The routing tables of a family, and which route of one a destination takes.</summary>
internal sealed class RouteTables(ImmutableArray<LiveRoute> routes)
{
    private readonly ILookup<int, LiveRoute> _byTable = routes.ToLookup(route => route.Table);

    public ImmutableArray<LiveRoute> All => routes;

    /// <summary>
    /// The longest prefix, then the lowest metric, then the first (net/ipv4/fib_trie.c, fib_table_lookup).
    /// </summary>
    public LiveRoute? Find(int table, IPAddress destination, IPAddress? source)
    {
        Cidr to = Cidr.Of(destination);
        return _byTable[table]
            .Where(route => route.Destination.Contains(to) && (route.From is not Cidr from || (source is not null && from.Contains(source))))
            .OrderByDescending(route => route.Destination.PrefixLength)
            .ThenBy(route => route.Metric)
            .FirstOrDefault();
    }
}
