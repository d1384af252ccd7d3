using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>
/// The lines that change a live table into the wanted one, in an order in which each has what it depends on.
/// </summary>
internal sealed class NftChange
{
    private readonly NftContent _live;
    private readonly IReadOnlyCollection<NftObject> _wanted;
    private readonly Dictionary<string, LiveNftChain> _liveChains;
    private readonly Dictionary<string, NftChain> _chains;
    private readonly ILookup<string, NftRule> _rules;
    private readonly ILookup<NftMap, NftElement> _elements;
    private readonly HashSet<NftMap> _maps;

    public NftChange(NftContent live, IReadOnlyCollection<NftObject> wanted)
    {
        _live = live;
        _wanted = wanted;
        _liveChains = live.Chains.ToDictionary(chain => chain.Chain.Name, StringComparer.Ordinal);
        _chains = wanted.OfType<NftChain>().Distinct().ToDictionary(chain => chain.Name, StringComparer.Ordinal);
        _rules = wanted.OfType<NftRule>().OrderBy(RankOf).ToLookup(rule => rule.Chain, StringComparer.Ordinal);
        _elements = wanted.OfType<NftElement>().ToLookup(element => element.Map);
        _maps = [.. wanted.OfType<NftMap>()];
    }

    public IEnumerable<string> Lines() =>
    [
        .. _live.Exists || _wanted.Count == 0 ? [] : (string[])[new NftTable().Addition],
        .. MisplacedChains(),
        .. _chains.Values.Where(IsToAdd).Select(chain => chain.Addition),
        .. _live.Maps.Where(map => !_maps.Contains(map.Map)).SelectMany(map => Removals(map)),
        .. _live.Chains.SelectMany(Emptied),
        .. _live.Maps.Where(map => _maps.Contains(map.Map)).SelectMany(Removals),
        .. _maps.Where(map => !_live.Maps.Any(live => live.Map == map)).Select(map => map.Addition),
        .. Filled(hooked: false),
        .. _maps.SelectMany(Additions),
        .. Filled(hooked: true),
        .. _live.Maps
            .Where(map => !_maps.Contains(map.Map) && !_live.IsNeeded(map))
            .Select(map => $"delete {map.Map.Place}"),
        .. _live.Chains.Where(chain => !_chains.ContainsKey(chain.Chain.Name) && !_live.IsNeeded(chain))
            .Select(chain => $"delete {chain.Chain.Place}"),
    ];

    // A chain can't change its hook or its priority.
    private IEnumerable<string> MisplacedChains() => _live.Chains.Where(IsMisplaced).SelectMany(chain =>
        (string[])[$"flush {chain.Chain.Place}", $"delete {chain.Chain.Place}"]);

    private bool IsMisplaced(LiveNftChain chain) =>
        _chains.TryGetValue(chain.Chain.Name, out NftChain? wanted) && wanted != chain.Chain;

    private bool IsToAdd(NftChain chain) =>
        !_liveChains.TryGetValue(chain.Name, out LiveNftChain? live) || live.Chain != chain || !live.Accepts;

    // The objects that are written again, and those that are removed.
    private IEnumerable<string> Emptied(LiveNftChain chain)
    {
        if (IsMisplaced(chain) || IsAsWanted(chain))
            return [];

        IEnumerable<NftRule> ours = chain.Rules.Select(rule => rule.Rule).Where(rule => rule.IsOurs);
        return chain.HasForeign
            ? ours.Select(rule => $"delete {rule.Place} {rule.Reference}")
            : chain.Rules.IsEmpty ? [] : [$"flush {chain.Chain.Place}"];
    }

    private IEnumerable<string> Filled(bool hooked) =>
        from chain in _chains.Values
        where (chain.Hook is not null) == hooked
        where !(_liveChains.TryGetValue(chain.Name, out LiveNftChain? live) && !IsMisplaced(live) && IsAsWanted(live))
        from line in Filled(chain.Name)
        select line;

    private IEnumerable<string> Filled(string chain)
    {
        LiveNftChain? live = _liveChains.GetValueOrDefault(chain);
        Dictionary<NftRule, RuleCounters> counters = [];
        foreach (LiveNftRule rule in live?.Rules ?? [])
            counters.TryAdd(rule.Rule, rule.Counters ?? default);

        IEnumerable<string> rules = _rules[chain]
            .Select(rule => $"{rule.Place} {rule.Text(counters.GetValueOrDefault(rule))}");
        // Each is inserted before all others, so the last comes first.
        return live is { HasForeign: true }
            ? rules.Reverse().Select(rule => $"insert {rule}")
            : rules.Select(rule => $"add {rule}");
    }

    // TailSplit's rules in their order, before those of other programs, which could open a killswitch.
    private bool IsAsWanted(LiveNftChain chain) =>
        chain.Rules.Select(rule => rule.Rule).TakeWhile(rule => rule.IsOurs).SequenceEqual(_rules[chain.Chain.Name])
        && !chain.Rules.SkipWhile(rule => rule.Rule.IsOurs).Any(rule => rule.Rule.IsOurs);

    private IEnumerable<string> Removals(LiveNftMap map) => IsRefilled(map)
        ? [$"flush {map.Map.Place}"]
        : Elements("delete", map.Map, Gone(map).Select(element => element.KeyText));

    private IEnumerable<string> Additions(NftMap map) => Elements("add", map, New(map).Select(element => element.Item));

    private IEnumerable<NftElement> Gone(LiveNftMap map) => map.Elements.Except(_elements[map.Map]);

    private IEnumerable<NftElement> New(NftMap map) =>
        _live.Maps.FirstOrDefault(live => live.Map == map) is LiveNftMap live && !IsRefilled(live)
            ? _elements[map].Except(live.Elements)
            : _elements[map];

    // nft 0.9.8 does not see that an interval which overlaps a new one is deleted by the same text; 1.0.6 does.
    private bool IsRefilled(LiveNftMap map)
    {
        NftElement[] gone = map.Map.Family is null || map.HasForeign ? [] : [.. Gone(map)];
        return gone.Length > 0 && _elements[map.Map].Except(map.Elements).Any(
            element => Array.Exists(gone, old => map.Map.Key.Collide(old.Key, element.Key)));
    }

    // In a shared chain, jumps that return precede the look-ups, whose order is that of the keys. Remaining rules of a
    // policy may need look-ups that no other policy has.
    private static int RankOf(NftRule rule) => (NftNames.PolicyOf(rule.Chain), rule.Action) switch
    {
        (not null, _) => 0,
        (_, NftAction.Jump) => 0,
        (_, NftAction.Lookup lookup) => 2 + (int)lookup.Map.Key,
        _ => rule.Owner is null ? 1 : int.MaxValue,
    };

    private static string[] Elements(string action, NftMap map, IEnumerable<string> items)
    {
        string list = string.Join(", ", items);
        return list.Length == 0 ? [] : [$"{action} element inet {NftObject.Table} {map.Name} {{ {list} }}"];
    }
}
