using TailSplit.Core.Model;

namespace TailSplit.Core.Iptables;

/// <summary>The rules of iptables and ip6tables: TailSplit's own, and the foreign ones around its jumps.</summary>
public sealed class LiveIptables
{
    private readonly Dictionary<IpFamily, SavedRuleset> _saved;
    private readonly Dictionary<ChainKey, List<LiveIptablesRule>> _chains = [];
    private readonly List<LiveIptablesRule> _hooks = [];

    /// <param name="saved">What iptables-save and ip6tables-save printed; a family that is missing has no
    /// rules.</param>
    public LiveIptables(IReadOnlyDictionary<IpFamily, SavedRuleset> saved)
    {
        _saved = new Dictionary<IpFamily, SavedRuleset>(saved);
        foreach ((IpFamily family, SavedRuleset ruleset) in _saved)
            Read(family, ruleset);
    }

    /// <summary>TailSplit's chains, also empty ones.</summary>
    public IReadOnlyDictionary<ChainKey, List<LiveIptablesRule>> Chains => _chains;

    /// <summary>TailSplit's jumps in foreign chains.</summary>
    public IReadOnlyList<LiveIptablesRule> Hooks => _hooks;

    /// <summary>Whether any of them is of TailSplit.</summary>
    public bool HasOwn => _chains.Count > 0 || _hooks.Count > 0;

    public SavedRuleset Saved(IpFamily family) => _saved.GetValueOrDefault(family) ?? SavedRuleset.Empty;

    /// <summary>Whether a jump of TailSplit leads to a chain.</summary>
    public bool Leads(IpFamily family, string chain) => _hooks.Exists(
        hook => hook.Rule.Family == family && hook.Rule.Specification.JumpsTo(chain));

    /// <summary>Where jumps can go; the usual places for a family that could not be read.</summary>
    public HookSites SitesOf(IpFamily family)
    {
        if (!_saved.TryGetValue(family, out SavedRuleset? saved))
            return HookSites.Usual;

        HookSites sites = HookSites.Of(saved);
        // Foreign chains can't be seen there, so the earlier decision stays.
        return saved.Find(IptablesTable.Filter)?.Unreadable is null
            ? sites
            : sites with
            {
                DockerUserReached = !_hooks.Exists(
                    hook => hook.Rule.Family == family
                        && hook.Rule is { Table: IptablesTable.Filter, Chain: HookSites.Forward }),
            };
    }

    /// <summary>The tables that are known only in part, since they have native nft rules.</summary>
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
                _hooks.AddRange(
                    RulesOf(family, table, chain).Where(rule => rule.Rule.Specification.OwnChain is not null));
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
}
