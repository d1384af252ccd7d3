using System.Collections.Immutable;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>A firewall rule as found in the kernel.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Index">Its place in its chain, from 0.</param>
/// <param name="Counters">What it has matched.</param>
public sealed record LiveIptablesRule(IptablesRule Rule, int Index, RuleCounters Counters);

/// <summary>
/// Everything the kernel holds that decides about a plan: our own rules, and the foreign ones around our jumps.
/// </summary>
public sealed class LiveRules
{
    private readonly Dictionary<IpFamily, SavedRuleset> _saved;
    private readonly Dictionary<ChainKey, List<LiveIptablesRule>> _chains = [];
    private readonly List<LiveIptablesRule> _hooks = [];

    /// <param name="saved">What iptables-save and ip6tables-save printed; a family that is missing has no
    /// rules.</param>
    /// <param name="routing">What ip rule printed, for all families.</param>
    public LiveRules(IReadOnlyDictionary<IpFamily, SavedRuleset> saved, IEnumerable<LiveRoutingRule> routing)
    {
        _saved = new Dictionary<IpFamily, SavedRuleset>(saved);
        AllRouting = [.. routing];
        Routing = [.. AllRouting.Select(rule => rule.Own).OfType<RoutingRule>()];
        foreach ((IpFamily family, SavedRuleset ruleset) in _saved)
            Read(family, ruleset);
    }

    /// <summary>A host on which nothing of ours is in force, as far as can be seen.</summary>
    public static LiveRules None { get; } = new(new Dictionary<IpFamily, SavedRuleset>(), []);

    /// <summary>Every ip rule of the host.</summary>
    public ImmutableArray<LiveRoutingRule> AllRouting { get; }

    /// <summary>The ip rules that are ours.</summary>
    public ImmutableArray<RoutingRule> Routing { get; }

    /// <summary>Our chains, the empty ones too.</summary>
    public IReadOnlyDictionary<ChainKey, List<LiveIptablesRule>> Chains => _chains;

    /// <summary>Our jumps in foreign chains.</summary>
    public IReadOnlyList<LiveIptablesRule> Hooks => _hooks;

    /// <summary>All of ours in the firewall.</summary>
    public IEnumerable<LiveIptablesRule> Firewall => _hooks.Concat(_chains.Values.SelectMany(rules => rules));

    /// <summary>Whether anything of ours is there at all.</summary>
    public bool HasOwn => _chains.Count > 0 || _hooks.Count > 0 || !Routing.IsEmpty;

    /// <summary>Whether they are in nf_tables, as any family says; one without rules may not say it.</summary>
    public bool IsNfTables => _saved.Values.Any(ruleset => ruleset.IsNfTables);

    public SavedRuleset Saved(IpFamily family) => _saved.GetValueOrDefault(family) ?? SavedRuleset.Empty;

    /// <summary>Where jumps can go; the usual places for a family that could not be read.</summary>
    public HookSites SitesOf(IpFamily family)
    {
        if (!_saved.TryGetValue(family, out SavedRuleset? saved))
            return HookSites.Usual;

        HookSites sites = HookSites.Of(saved);
        // Foreign chains can't be seen there, so what was decided when they could be is left as it is.
        return saved.Find(IptablesTable.Filter)?.Unreadable is null
            ? sites
            : sites with
            {
                DockerUserReached = !_hooks.Exists(
                    hook => hook.Rule.Family == family && hook.Rule is { Table: IptablesTable.Filter, Chain: HookSites.Forward }),
            };
    }

    /// <summary>The tables that are known in part only, since they hold rules of nft's own.</summary>
    public IEnumerable<(IpFamily Family, SavedTable Table)> Unreadable =>
        from family in IpFamilies.All
        from table in Saved(family).Tables
        where table.Unreadable is not null
        select (family, table);

    private void Read(IpFamily family, SavedRuleset ruleset)
    {
        foreach (IptablesTable table in IptablesTables.All)
        {
            foreach (SavedChain chain in ruleset.Find(table)?.Chains ?? [])
            {
                if (OwnChains.IsOwn(chain.Name))
                    _chains[new ChainKey(family, table, chain.Name)] = [.. RulesOf(family, table, chain)];
            }
        }

        foreach ((IptablesTable table, string name) in HookSites.All)
        {
            if (ruleset.Find(table, name) is SavedChain chain)
                _hooks.AddRange(RulesOf(family, table, chain).Where(rule => IsJumpToOwn(rule.Rule.Specification)));
        }
    }

    private static IEnumerable<LiveIptablesRule> RulesOf(IpFamily family, IptablesTable table, SavedChain chain)
    {
        for (int i = 0; i < chain.Rules.Count; i++)
        {
            SavedRule rule = chain.Rules[i];
            yield return new LiveIptablesRule(
                new IptablesRule(family, table, chain.Name, IptablesSpecification.Parse(rule.Specification)), i,
                rule.Counters);
        }
    }

    private static bool IsJumpToOwn(IptablesSpecification rule) =>
        rule.Target.Length > 3 && OwnChains.IsOwn(rule.Target.AsSpan(3));
}
