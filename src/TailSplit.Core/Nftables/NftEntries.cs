using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>
/// Writes one policy's rules of a stage for the look-ups: an element for each key, which leads to the policy's chain,
/// or first to a chain with the other matches.
/// </summary>
internal sealed class NftEntries(NftLayout layout, FirewallStage stage, RuleOwner owner)
{
    // If a policy's rules have two kinds of key, those by interface decide about every packet of the interface, so one
    // look-up can be enough.
    public void Add(IReadOnlyList<MergedRule> rules)
    {
        foreach (IGrouping<string, Entry> side in Entries(rules).GroupBy(entry => entry.Key.Side()))
        {
            List<Entry> fitting = [];
            foreach (Entry entry in side)
            {
                if (layout.Fits(entry.Map, entry.Packets) && fitting.TrueForAll(other => IsApart(other, entry)))
                    fitting.Add(entry);
                else
                    AddLast(entry.Rules);
            }

            if (fitting.Count > 0)
                Add(fitting);
        }

        AddLast(rules.Where(rule => KeyOf(rule) is null));
    }

    private void AddLast(IEnumerable<MergedRule> rules)
    {
        foreach (MergedRule rule in rules)
        {
            layout.AddLast(stage, rule, SaysOwner
                ? layout.CommentsOf(owner).NextWithName(owner)
                : owner.Brief.ToString());
        }
    }

    private static bool IsApart(Entry one, Entry other) =>
        one.Map != other.Map || !one.Key.Collide(one.Packets, other.Packets);

    private void Add(IReadOnlyList<Entry> entries)
    {
        string policy = NftNames.ChainOf(owner.Kind, owner.Name);
        string chain = NftNames.ChainOf(owner.Kind, owner.Name, stage, entries[0].Key);
        MergedRule[] inside = [.. entries[0].Inside];
        // Several subnets with equal rules: the rules need not name the subnet.
        bool isAlike = entries.All(entry => entry.Inside.SequenceEqual(inside));
        bool isDirect = isAlike && inside is [{ Family: null, Verdict: FirewallVerdict.EnterPolicy } only]
            && only.Match == PacketMatch.Any;
        foreach (Entry entry in entries)
        {
            layout.AddElement(new NftElement(entry.Map, entry.Packets, isDirect ? policy : chain)
            {
                Comment = SaysOwner ? layout.CommentsOf(owner).Next() : null,
            });
        }

        if (!isDirect)
            layout.AddChain(
                chain,
                isAlike ? inside : entries.SelectMany(entry => entry.Rules),
                SaysOwner ? layout.CommentsOf(owner).Next() : null);
    }

    // The rules of forward and NAT already have what those of input and the segment size would record.
    private bool SaysOwner => stage is not (FirewallStage.Input or FirewallStage.SegmentSize);

    private IEnumerable<Entry> Entries(IEnumerable<MergedRule> rules) => rules
        .Where(rule => KeyOf(rule) is not null)
        .GroupBy(rule => (Key: KeyOf(rule)!.Value, Packets: PacketsOf(rule, KeyOf(rule)!.Value)))
        .Select(group => new Entry(NftNames.MapOf(stage, group.Key.Key), group.Key.Packets, [.. group]));

    private NftKey? KeyOf(MergedRule rule) => (stage, rule.Match) switch
    {
        (FirewallStage.SegmentSize, { OpensTcp: true, In: not null, Out: not null }) => NftKey.Way,
        (FirewallStage.SegmentSize, _) => null,
        (not FirewallStage.SourceNat, { In: not null }) => NftKey.In,
        (_, { Source: Cidr source }) => source.Family == IpFamily.IPv4 ? NftKey.Source4 : NftKey.Source6,
        (FirewallStage.Forward, { Destination: Cidr destination }) =>
            destination.Family == IpFamily.IPv4 ? NftKey.Destination4 : NftKey.Destination6,
        _ => null,
    };

    private static PacketMatch PacketsOf(MergedRule rule, NftKey key) => key switch
    {
        NftKey.In => new() { In = rule.Match.In },
        NftKey.Source4 or NftKey.Source6 => new() { Source = rule.Match.Source },
        NftKey.Destination4 or NftKey.Destination6 => new() { Destination = rule.Match.Destination },
        _ => new() { In = rule.Match.In, Out = rule.Match.Out },
    };

    /// <summary>The rules for packets with one key.</summary>
    private sealed record Entry(NftMap Map, PacketMatch Packets, IReadOnlyList<MergedRule> Rules)
    {
        public NftKey Key => Map.Key;

        /// <summary>The same without the key's own match.</summary>
        public IEnumerable<MergedRule> Inside => Rules.Select(rule => rule with
        {
            Family = Map.Family is null ? rule.Family : null,
            Match = Key.Without(rule.Match) with { OpensTcp = false },
        });
    }
}
