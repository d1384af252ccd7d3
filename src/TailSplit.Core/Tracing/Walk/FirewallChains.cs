using System.Collections.Immutable;
using TailSplit.Core.Iptables;
using TailSplit.Core.Listing;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing.Native;
using TailSplit.Core.Tracing.Xtables;

namespace TailSplit.Core.Tracing.Walk;

/// <summary>
/// The base chains of a host that packets of one family cross: those of both stores of iptables, and those of nft, in
/// the order in which the kernel runs them.
/// </summary>
internal sealed class FirewallChains
{
    private readonly ILookup<Hook, BaseChain> _chains;
    private readonly ImmutableArray<IptablesStore> _stores;
    private readonly Dictionary<Hook, IReadOnlyList<IReadOnlyList<BaseChain>>> _groups = [];
    private readonly Dictionary<Hook, IReadOnlyList<string>> _unseen = [];

    private FirewallChains(ImmutableArray<IptablesStore> stores, IEnumerable<BaseChain> chains) =>
        (_stores, _chains) = (stores, chains.ToLookup(chain => chain.Hook));

    public static FirewallChains Of(TraceHost host, RouteTables tables, AddressTypes types)
    {
        FibLookup fib = new(tables, known => new PolicyRouting([.. host.Rules.Select(rule => rule.Whole)], known));
        NativeChains native = new(host.Family, new NativeFields(types, fib), types);
        IptablesRules rules = new(types);
        SavedRuleset used = host.Firewall ?? SavedRuleset.Empty;
        bool isLegacy = host.Store == FirewallStore.Legacy;
        Dictionary<string, NativeTable> shared = host.Native.Ruleset.Tables
            .Where(table => table.IsIptables && table.Concerns(host.Family))
            .ToDictionary(table => table.Name, StringComparer.Ordinal);
        string program = host.Family.Iptables();
        IptablesStore inUse = new(used, program, isLegacy ? [] : shared, rules, native);
        IptablesStore other = new(
            host.OtherFirewall,
            isLegacy ? $"{program}-nft" : $"{program}-legacy",
            isLegacy ? shared : [],
            rules,
            native);
        IptablesStore ofNfTables = isLegacy ? other : inUse;
        return new FirewallChains(
            [inUse, other],
            [
                .. IptablesChains.Of(inUse),
                .. IptablesChains.Of(other),
                .. native.Of(host.Native.Ruleset, ofNfTables),
            ]);
    }

    /// <summary>
    /// The chains of a hook; the order within a group is not known.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<BaseChain>> At(Hook hook)
    {
        if (!_groups.TryGetValue(hook, out IReadOnlyList<IReadOnlyList<BaseChain>>? groups))
        {
            _groups[hook] = groups =
            [
                .. _chains[hook]
                    .GroupBy(chain => chain.Order)
                    .OrderBy(group => group.Key)
                    .Select(group => group.ToArray()),
            ];
        }

        return groups;
    }

    /// <summary>What can't be seen of the chains of a hook.</summary>
    public IReadOnlyList<string> Unseen(Hook hook)
    {
        if (!_unseen.TryGetValue(hook, out IReadOnlyList<string>? unseen))
            _unseen[hook] = unseen = [.. _stores.SelectMany(store => IptablesChains.Unseen(store, hook))];

        return unseen;
    }
}
