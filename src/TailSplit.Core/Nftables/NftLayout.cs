using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>The wanted table, while policies are added one by one.</summary>
/// <param name="families">The families of all rules.</param>
internal sealed class NftLayout(ImmutableArray<IpFamily> families)
{
    private readonly ImmutableHashSet<IpFamily> _families = [.. families];
    private readonly Dictionary<NftMap, List<NftElement>> _elements = [];
    private readonly Dictionary<string, List<NftRule>> _chains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableHashSet<IpFamily>> _entering = new(StringComparer.Ordinal);
    private readonly Dictionary<FirewallStage, List<NftRule>> _first = [];
    private readonly Dictionary<FirewallStage, List<NftRule>> _last = [];
    private readonly Dictionary<(PolicyKind, PolicyName), NftComments> _comments = [];

    public IReadOnlyList<MergedRule> Merge(IEnumerable<FirewallRule> rules) =>
        FamilyMerge.Of(rules, _families.Count == 1);

    /// <summary>
    /// Rules of all policies, before the look-ups of the stage. They apply to both families, whatever the policies'
    /// families: so each policy alone has the same ones as all together.
    /// </summary>
    public void AddShared(FirewallStage stage, IEnumerable<FirewallRule> rules)
    {
        NftRule[] shared = [.. FamilyMerge.Of(rules, isAlone: true)
            .Select(rule => Rule(NftEntrance.ChainOf(stage).Name, rule, rule.Match, _families))
            .Distinct()];
        if (shared.Length > 0)
            ListOf(_first, stage).AddRange(shared);
    }

    /// <summary>A rule of a policy that no map can lead to. It comes after the look-ups of the stage.</summary>
    public void AddLast(FirewallStage stage, MergedRule rule, string comment)
    {
        PacketMatch match = stage == FirewallStage.SegmentSize ? rule.Match with { OpensTcp = false } : rule.Match;
        ListOf(_last, stage)
            .Add(Rule(NftEntrance.ChainOf(stage).Name, rule, match, _families) with { Comment = comment });
    }

    /// <summary>Whether an element fits into its map beside those that are there.</summary>
    public bool Fits(NftMap map, PacketMatch key) =>
        !_elements.TryGetValue(map, out List<NftElement>? elements)
        || !elements.Exists(element => map.Key.Collide(element.Key, key));

    public void AddElement(NftElement element)
    {
        ListOf(_elements, element.Map).Add(element);
        Enter(element.Chain, element.Map.Family, _families);
    }

    /// <summary>Rules of a policy in a chain that elements lead to.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="rules">Its rules.</param>
    /// <param name="comment">The details of the policy for the first of them.</param>
    public void AddChain(string chain, IEnumerable<MergedRule> rules, string? comment)
    {
        List<NftRule> added = [.. rules.Select(rule => Rule(chain, rule, rule.Match, _entering[chain]))];
        added[0] = added[0] with { Comment = comment };
        _chains[chain].AddRange(added);
    }

    /// <summary>The rules of a policy's own chain. The jumps to it must have been added before.</summary>
    public void AddPolicy(RuleOwner owner, IEnumerable<MergedRule> rules)
    {
        string chain = NftNames.ChainOf(owner.Kind, owner.Name);
        // No jump leads to the remaining rules of a damaged policy.
        if (!_entering.TryGetValue(chain, out ImmutableHashSet<IpFamily>? entering))
            Enter(chain, null, entering = _families);

        _chains[chain].AddRange(rules.Select(rule =>
            Rule(chain, rule, rule.Match, entering) with { Comment = new NftComments(rule.Owner!.Brief).Next() }));
    }

    public NftComments CommentsOf(RuleOwner owner)
    {
        if (!_comments.TryGetValue((owner.Kind, owner.Name), out NftComments? comments))
            _comments[(owner.Kind, owner.Name)] = comments = new NftComments(owner);

        return comments;
    }

    public ImmutableArray<NftObject> Objects()
    {
        FirewallStage[] stages = [.. Enum.GetValues<FirewallStage>().Where(stage =>
            _first.ContainsKey(stage) || _last.ContainsKey(stage) || MapsOf(stage).Any())];
        NftMap[] maps = [.. _elements.Keys.OrderBy(map => map.Name, StringComparer.Ordinal)];
        NftChain[] begins = [.. stages.Select(NftNames.BaseOf).Distinct()];
        // A policy's own chain, then those that lead to it.
        string[] chains = [.. _chains.Keys.OrderBy(chain => chain, NftNames.ByPolicy)];
        bool clamps = stages.Contains(FirewallStage.SegmentSize);
        return
        [
            new NftTable(),
            .. chains.Select(name => new NftChain(name)),
            .. clamps ? [new NftChain(NftNames.SegmentSize)] : Array.Empty<NftObject>(),
            .. maps,
            .. chains.SelectMany(name => _chains[name]),
            .. clamps ? RulesOf(FirewallStage.SegmentSize) : [],
            .. maps.SelectMany(map => _elements[map]),
            .. begins,
            .. begins.SelectMany(chain => RulesOf(chain, clamps)),
        ];
    }

    private IEnumerable<NftRule> RulesOf(NftChain chain, bool clamps) =>
    [
        // Before the look-ups, whose chains do not return.
        .. clamps && chain.Name == NftEntrance.ToSegmentSize.Chain
            ? [NftEntrance.ToSegmentSize]
            : Array.Empty<NftRule>(),
        .. Enum.GetValues<FirewallStage>().Where(stage => NftEntrance.ChainOf(stage) == chain).SelectMany(RulesOf),
    ];

    private IEnumerable<NftRule> RulesOf(FirewallStage stage) =>
    [
        .. _first.GetValueOrDefault(stage) ?? [],
        .. MapsOf(stage).Select(NftEntrance.LookupOf),
        .. _last.GetValueOrDefault(stage) ?? [],
    ];

    private IEnumerable<NftMap> MapsOf(FirewallStage stage) =>
        Enum.GetValues<NftKey>().Select(key => NftNames.MapOf(stage, key)).Where(_elements.ContainsKey);

    private NftRule Rule(string chain, MergedRule rule, PacketMatch match, ImmutableHashSet<IpFamily> entering)
    {
        NftAction action = rule.Verdict is FirewallVerdict.EnterPolicy
            ? new NftAction.Goto(NftNames.ChainOf(rule.Owner!.Kind, rule.Owner.Name))
            : new NftAction.Decide(rule.Verdict);
        // No match is needed if no packet of the other family comes here.
        IpFamily? asked = rule.Family is IpFamily family && entering.Count == 1 && entering.Contains(family)
            ? null
            : rule.Family;
        NftRule made = new(chain, NftRule.Implied(match, action) ?? asked, match, action);
        if (action is NftAction.Goto to)
            Enter(to.Chain, made.Family, entering);

        return made;
    }

    private void Enter(string chain, IpFamily? family, ImmutableHashSet<IpFamily> all)
    {
        _chains.TryAdd(chain, []);
        ImmutableHashSet<IpFamily> before = _entering.GetValueOrDefault(chain) ?? [];
        _entering[chain] = before.Union(family is IpFamily one ? [one] : all);
    }

    private static List<TItem> ListOf<TKey, TItem>(Dictionary<TKey, List<TItem>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out List<TItem>? list))
            lists[key] = list = [];

        return list;
    }
}
