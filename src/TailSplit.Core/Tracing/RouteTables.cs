using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing;

/// <summary>The routing tables of a family, and which route of one a destination takes.</summary>
internal sealed class RouteTables(ImmutableArray<LiveRoute> routes)
{
    // The longest prefix, then the lowest metric, then the first: the first that matches decides.
    private readonly Dictionary<int, LiveRoute[]> _byTable = routes
        .GroupBy(route => route.Table)
        .ToDictionary(
            table => table.Key,
            table => table
                .OrderByDescending(route => route.Destination.PrefixLength)
                .ThenBy(route => route.Metric)
                .ToArray());

    public ImmutableArray<LiveRoute> All => routes;

    /// <summary>
    /// The longest prefix, then the lowest metric, then the first (net/ipv4/fib_trie.c, fib_table_lookup).
    /// </summary>
    public LiveRoute? Find(int table, IPAddress destination, IPAddress? source)
    {
        Cidr to = Cidr.Of(destination);
        foreach (LiveRoute route in _byTable.GetValueOrDefault(table) ?? [])
        {
            if (route.Destination.Contains(to)
                && (route.From is not Cidr from || (source is not null && from.Contains(source))))
                return route;
        }

        return null;
    }
}
