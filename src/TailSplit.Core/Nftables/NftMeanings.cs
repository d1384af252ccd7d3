using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>
/// Reads the meaning of objects, the inverse of <see cref="NftRenderer"/>: it follows every way from the base chains
/// and collects the matches on it.
/// </summary>
internal sealed class NftMeanings
{
    private readonly Dictionary<string, LiveNftChain> _chains;
    private readonly ILookup<NftMap, NftElement> _elements;
    private readonly Dictionary<NftObject, List<FirewallRule>> _meanings = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<NftElement> _followed = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, HashSet<IpFamily>> _entered = new(StringComparer.Ordinal);
    private readonly Dictionary<(PolicyKind, PolicyName), RuleOwner> _owners = [];

    private NftMeanings(NftContent content)
    {
        _chains = content.Chains.ToDictionary(chain => chain.Chain.Name, StringComparer.Ordinal);
        _elements = content.Maps.SelectMany(map => map.Elements).ToLookup(element => element.Map);
        foreach (RuleOwner owner in OwnersIn(content))
            Learn(owner);
    }

    public static IEnumerable<LiveFirewallRule> Of(NftContent content)
    {
        NftMeanings meanings = new(content);
        meanings.Follow();
        return
        [
            // A table with objects of other programs must not be removed.
            .. content.Exists && !content.HasForeign
                ? [meanings.Live(new NftTable(), null)]
                : Array.Empty<LiveFirewallRule>(),
            // A chain without rules of TailSplit stays for other programs, and belongs to no policy.
            .. content.Chains.Where(chain => !content.IsNeeded(chain) || chain.Rules.Any(rule => rule.Rule.IsOurs))
                .Select(chain => meanings.Live(chain.Chain, null)),
            .. content.Maps
                .Where(map => !content.IsNeeded(map) || !map.Elements.IsEmpty)
                .Select(map => meanings.Live(map.Map, null)),
            .. content.Maps.SelectMany(map => map.Elements).Select(element => meanings.Live(element, null)),
            .. content.Chains.SelectMany(chain => chain.Rules).Where(rule => rule.Rule.IsOurs)
                .Select(rule => meanings.Live(rule.Rule, rule.Counters)),
        ];
    }

    private LiveFirewallRule Live(NftObject item, RuleCounters? counters) =>
        new(item, [.. _meanings.GetValueOrDefault(item) ?? []], counters);

    private void Follow()
    {
        foreach (FirewallStage stage in Enum.GetValues<FirewallStage>())
        {
            NftChain chain = NftNames.BaseOf(stage);
            // The chain of forward leads to the segment size.
            if (stage != FirewallStage.SegmentSize && _chains.TryGetValue(chain.Name, out LiveNftChain? live)
                && live.Chain.Hook is not null)
                Follow(live, new Way(stage, PacketMatch.Any, [.. IpFamilies.All], []));
        }

        // No packet reaches the following rules now, but they record the policy: they are read if the rest is missing.
        foreach (NftElement element in _elements.SelectMany(map => map).Where(_followed.Add))
            Follow(
                element,
                element.Chain,
                new Way(NftNames.StageOf(element.Map), element.Key, [.. FamiliesOf(element)], []));

        foreach (LiveNftChain chain in _chains.Values.Where(chain => !_entered.ContainsKey(chain.Chain.Name)).ToArray())
            ReadUnreached(chain);

        foreach (LiveNftChain chain in _chains.Values.Where(chain => NftNames.IsPolicyChain(chain.Chain.Name)))
            ReadPolicy(chain);
    }

    private void Follow(LiveNftChain chain, Way way)
    {
        Enter(chain.Chain.Name, way.Families);
        foreach (LiveNftRule rule in chain.Rules)
        {
            if (way.With(rule.Rule.Match, rule.Rule.Family) is Way here)
                Follow(rule.Rule, here);
        }
    }

    private void Follow(NftRule rule, Way way)
    {
        switch (rule.Action)
        {
            case NftAction.Decide decide:
                Mean(rule, way, decide.Verdict, OwnerOf(rule));
                break;
            case NftAction.Goto to:
                Follow(rule, to.Chain, way);
                break;
            case NftAction.Jump { Chain: NftNames.SegmentSize } to:
                Follow(rule, to.Chain, way with { Stage = FirewallStage.SegmentSize });
                break;
            case NftAction.Jump to:
                Follow(rule, to.Chain, way);
                break;
            case NftAction.Lookup lookup:
                foreach (NftElement element in _elements[lookup.Map])
                {
                    if (_followed.Add(element) && way.With(element.Key, element.Family) is Way inside)
                        Follow(element, element.Chain, inside);
                }

                break;
        }
    }

    private void Follow(NftObject from, string chain, Way way)
    {
        if (NftNames.IsPolicyChain(chain))
        {
            Enter(chain, way.Families);
            Mean(from, way, new FirewallVerdict.EnterPolicy(), OwnerOf(from));
        }
        // The kernel has no loops, but what is read need not be the kernel's.
        else if (_chains.TryGetValue(chain, out LiveNftChain? next) && !way.Chains.Contains(chain))
        {
            Follow(next, way with { Chains = way.Chains.Add(chain) });
        }
    }

    private void ReadPolicy(LiveNftChain chain)
    {
        HashSet<IpFamily> families = _entered.GetValueOrDefault(chain.Chain.Name) ?? [.. IpFamilies.All];
        Way inside =
            new(NftNames.StageOf(chain.Chain.Name) ?? FirewallStage.Forward, PacketMatch.Any, [.. families], []);
        foreach (NftRule rule in chain.Rules.Select(live => live.Rule))
        {
            if (rule.Action is NftAction.Decide decide && inside.With(rule.Match, rule.Family) is Way way)
                Mean(rule, way, decide.Verdict, OwnerOf(rule), isInPolicyChain: true);
        }
    }

    private void ReadUnreached(LiveNftChain chain)
    {
        if (NftNames.StageOf(chain.Chain.Name) is not FirewallStage stage || NftNames.IsPolicyChain(chain.Chain.Name))
            return;

        InterfaceName? bridge = chain.Chain.Owner is RuleOwner owner ? Whole(owner).Bridge : null;
        PacketMatch match = stage is FirewallStage.SourceNat or FirewallStage.SegmentSize
            ? PacketMatch.Any
            : new() { In = bridge };
        Follow(chain, new Way(stage, match, [.. IpFamilies.All], []));
    }

    private void Mean(NftObject from, Way way, FirewallVerdict verdict, RuleOwner? owner, bool isInPolicyChain = false)
    {
        if (!_meanings.TryGetValue(from, out List<FirewallRule>? meanings))
            _meanings[from] = meanings = [];

        meanings.AddRange(way.Families.Select(family =>
            new FirewallRule(family, way.Stage, way.Match, verdict, owner) { IsInPolicyChain = isInPolicyChain }));
    }

    private void Enter(string chain, IEnumerable<IpFamily> families)
    {
        if (!_entered.TryGetValue(chain, out HashSet<IpFamily>? entered))
            _entered[chain] = entered = [];

        entered.UnionWith(families);
    }

    // All details of the policy's objects, without those of a single rule.
    private RuleOwner? OwnerOf(Rule rule) =>
        rule.Owner is RuleOwner owner ? Whole(owner) with { OmitsClamp = owner.OmitsClamp } : null;

    private RuleOwner Whole(RuleOwner owner) => _owners[(owner.Kind, owner.Name)];

    private static IEnumerable<IpFamily> FamiliesOf(NftElement element) =>
        element.Family is IpFamily family ? [family] : IpFamilies.All;

    private static IEnumerable<RuleOwner> OwnersIn(NftContent content) =>
        content.Chains.Select(chain => chain.Chain.Owner)
        .Concat(content.Maps.SelectMany(map => map.Elements).Select(element => element.Owner))
        .Concat(content.Chains.SelectMany(chain => chain.Rules).Select(rule => rule.Rule.Owner))
        .OfType<RuleOwner>();

    private void Learn(RuleOwner owner)
    {
        RuleOwner known = _owners.GetValueOrDefault((owner.Kind, owner.Name)) ?? new RuleOwner(owner.Kind, owner.Name);
        _owners[(owner.Kind, owner.Name)] = known with
        {
            Network = known.Network ?? owner.Network,
            Bridge = known.Bridge ?? owner.Bridge,
            Options = known.Options ?? owner.Options,
            Origin = known.Options is null ? owner.Origin : known.Origin,
            Subnets = Cidr.Normalise(known.Subnets.Concat(owner.Subnets)),
        };
    }

    /// <summary>The matches on the way to a rule.</summary>
    private sealed record Way(
        FirewallStage Stage, PacketMatch Match, ImmutableArray<IpFamily> Families, ImmutableHashSet<string> Chains)
    {
        /// <summary>The same way with one more match; null if no packet has both.</summary>
        public Way? With(PacketMatch match, IpFamily? family)
        {
            ImmutableArray<IpFamily> families = [.. Families.Where(each => family is null || each == family)];
            return !families.IsEmpty && NarrowMatch.Of(Match, match) is PacketMatch both
                ? this with { Match = both, Families = families }
                : null;
        }
    }
}
