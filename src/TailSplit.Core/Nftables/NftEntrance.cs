using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>The rules by which packets come from a base chain to the look-ups, the same for all policies.</summary>
internal static class NftEntrance
{
    /// <summary>Packets that open a TCP connection get their segment size clamped, and return.</summary>
    public static NftRule ToSegmentSize { get; } = new(
        NftNames.BaseOf(FirewallStage.SegmentSize).Name, null, new() { OpensTcp = true },
        new NftAction.Jump(NftNames.SegmentSize));

    /// <summary>The chain in which a stage's keys are looked up.</summary>
    public static NftChain ChainOf(FirewallStage stage) =>
        stage == FirewallStage.SegmentSize ? new NftChain(NftNames.SegmentSize) : NftNames.BaseOf(stage);

    /// <summary>The look-up in a map.</summary>
    public static NftRule LookupOf(NftMap map) =>
        new(ChainOf(NftNames.StageOf(map)).Name, map.Family, PacketMatch.Any, new NftAction.Lookup(map));

    /// <summary>
    /// The rules that lead packets to objects of policies that stay as they are, and to objects without a policy.
    /// </summary>
    public static IEnumerable<NftObject> Of(NftContent live, IReadOnlyCollection<NftObject> kept)
    {
        NftMap[] maps = [.. kept.OfType<NftElement>().Select(element => element.Map).Distinct()];
        string[] shared =
            [.. kept.OfType<NftRule>().Select(rule => rule.Chain).Where(chain => NftNames.PolicyOf(chain) is null)];
        FirewallStage[] stages =
        [
            .. Enum.GetValues<FirewallStage>().Where(stage =>
                shared.Contains(ChainOf(stage).Name) || Array.Exists(maps, map => NftNames.StageOf(map) == stage)),
        ];
        bool clamps = stages.Contains(FirewallStage.SegmentSize);
        string[] chains = [.. stages.Select(stage => NftNames.BaseOf(stage).Name)];
        return kept.Count == 0 ? [] :
        [
            new NftTable(),
            .. stages.Select(NftNames.BaseOf).Concat(stages.Select(ChainOf)).Distinct(),
            .. maps,
            .. clamps ? [ToSegmentSize] : Array.Empty<NftObject>(),
            .. maps.Select(LookupOf),
            .. live.Chains.SelectMany(chain => chain.Rules).Select(rule => rule.Rule)
                .Where(rule => rule is { IsOurs: true, Owner: null, Action: NftAction.Decide }
                    && chains.Contains(rule.Chain)),
        ];
    }
}
