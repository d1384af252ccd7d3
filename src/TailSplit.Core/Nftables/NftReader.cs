using System.Collections.Immutable;
using TailSplit.Core.Listing;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>
/// Recognizes TailSplit's own objects in its table, and records all others.
/// </summary>
internal sealed class NftReader
{
    private static readonly char[] s_separators = [' ', '"', ',', '{', '}', '[', ']'];

    private readonly ImmutableArray<string>.Builder _foreign = ImmutableArray.CreateBuilder<string>();
    private readonly HashSet<string> _needed = new(StringComparer.Ordinal);

    public static NftContent Read(NativeRuleset ruleset) =>
        ruleset.Tables.FirstOrDefault(table => table.IsOwn) is NativeTable own
            ? new NftReader().Read(own)
            : NftContent.None;

    private NftContent Read(NativeTable table)
    {
        ImmutableArray<LiveNftChain> chains =
            [.. table.Chains.Where(chain => NftNames.IsOwn(chain.Name)).Select(Chain)];
        foreach (NativeChain chain in table.Chains.Where(chain => !NftNames.IsOwn(chain.Name)))
        {
            _foreign.Add($"chain {chain.Name}");
            foreach (NativeRule rule in chain.Rules)
                AddNeeded(rule.ToString());
        }

        _foreign.AddRange(table.Objects);
        ImmutableArray<LiveNftMap> maps = [.. table.Sets.Select(Map).OfType<LiveNftMap>()];
        return new NftContent
        {
            Exists = true,
            Chains = chains,
            Maps = maps,
            ForeignParts = _foreign.ToImmutable(),
            NeededByForeign = [.. _needed],
        };
    }

    private LiveNftChain Chain(NativeChain chain) => new(
        new NftChain(chain.Name, chain.Hook is NativeHook hook ? Hook(chain.Name, hook) : null),
        [.. chain.Rules.Select(rule => Rule(chain.Name, rule))],
        chain.Hook?.Drops != true);

    private static NftHook Hook(string chain, NativeHook live)
    {
        // The kernel has only the number.
        NftHook? ours = Enum.GetValues<FirewallStage>()
            .Select(NftNames.BaseOf)
            .FirstOrDefault(own => own.Name == chain)?.Hook;
        return ours is not null && (ours.Type, ours.Name, ours.Number) == (live.Type, live.Name, live.Priority)
            ? ours
            : new NftHook(live.Type, live.Name, "filter", live.Priority);
    }

    private LiveNftRule Rule(string chain, NativeRule listed)
    {
        LiveNftRule rule = NftRuleReader.Read(chain, listed);
        if (!rule.Rule.IsOurs)
            AddNeeded(listed.ToString());

        return rule;
    }

    // Null for a set or map of another program.
    private LiveNftMap? Map(NativeSet set)
    {
        NftMap? map = set.Kind == "map" ? NftNames.FindMap(set.Name) : null;
        ImmutableArray<NftElement>.Builder own = ImmutableArray.CreateBuilder<NftElement>();
        bool hasForeign = false;
        foreach (NativeElement listed in set.Elements)
        {
            if (map is not null && Element(map, listed) is NftElement element)
            {
                own.Add(element);
            }
            else
            {
                hasForeign = true;
                AddNeeded(listed.ToString());
            }
        }

        if (map is null)
            _foreign.Add($"{set.Kind} {set.Name}");
        else if (hasForeign)
            _foreign.Add($"elements of {map.Name}");

        return map is null ? null : new LiveNftMap(map, own.ToImmutable(), hasForeign);
    }

    private static NftElement? Element(NftMap map, NativeElement listed) =>
        listed is { HasMore: false, Value: NativeVerdict { Kind: "goto", Chain: string chain } }
        && NftNames.PolicyOf(chain) is not null && Packets(map.Key, listed.Key) is PacketMatch packets
            ? new NftElement(map, packets, chain) { Comment = listed.Comment }
            : null;

    private static PacketMatch? Packets(NftKey kind, NativeExpression key) => kind switch
    {
        NftKey.In when Interface(key) is InterfaceName into => new() { In = into },
        NftKey.Source4 or NftKey.Source6 when key.AsPrefix is Cidr source => new() { Source = source },
        NftKey.Destination4 or NftKey.Destination6 when key.AsPrefix is Cidr destination =>
            new() { Destination = destination },
        NftKey.Way when key is NativeConcat { Parts: [NativeExpression one, NativeExpression other] }
            && Interface(one) is InterfaceName into && Interface(other) is InterfaceName output =>
                new() { In = into, Out = output },
        _ => null,
    };

    private static InterfaceName? Interface(NativeExpression key) =>
        key is NativeWord word && InterfaceName.TryParse(word.Text, out InterfaceName name) ? name : null;

    // Each word of foreign objects, with every chain and map of TailSplit to which they lead.
    private void AddNeeded(string text) =>
        _needed.UnionWith(text.Split(s_separators, StringSplitOptions.RemoveEmptyEntries));
}
