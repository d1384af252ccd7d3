using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Core.Nftables;

/// <summary>
/// Reads the JSON of TailSplit's table (libnftables-json(5)). What can't be TailSplit's is taken note of, and nothing is
/// left out.
/// </summary>
internal sealed class NftReader
{
    private readonly Dictionary<string, JsonElement> _chains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<LiveNftRule>> _rules = new(StringComparer.Ordinal);
    private readonly ImmutableArray<LiveNftMap>.Builder _maps = ImmutableArray.CreateBuilder<LiveNftMap>();
    private readonly ImmutableArray<string>.Builder _foreign = ImmutableArray.CreateBuilder<string>();
    private readonly ImmutableHashSet<string>.Builder _needed = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
    private bool _exists;

    public static NftContent Read(string json) => JsonText.Read("nft", json, root =>
    {
        NftReader reader = new();
        foreach (JsonElement item in root.Items("nftables"))
            reader.Add(item.EnumerateObject().Single());

        return reader.ToContent();
    });

    private NftContent ToContent() => new()
    {
        Exists = _exists,
        Chains = [.. _chains.Select(chain => Chain(chain.Key, chain.Value))],
        Maps = _maps.ToImmutable(),
        ForeignParts = _foreign.ToImmutable(),
        NeededByForeign = _needed.ToImmutable(),
    };

    private void Add(JsonProperty item)
    {
        if (item.Name == "metainfo")
            return;

        string place = item.Name == "table" ? "name" : "table";
        if (item.Value.Text("family") != "inet" || item.Value.Text(place) != NftObject.Table)
            return;

        string name = item.Value.Text("name") ?? "";
        switch (item.Name)
        {
            case "table":
                _exists = true;
                break;
            case "chain" when NftNames.IsOwn(name):
                _chains.Add(name, item.Value);
                break;
            case "map" when NftNames.FindMap(name) is NftMap map:
                AddMap(map, item.Value);
                break;
            case "rule" when NftNames.IsOwn(item.Value.Text("chain") ?? ""):
                AddRule(item.Value);
                break;
            case "rule":
                AddNeeded(item.Value);
                break;
            default:
                _foreign.Add($"{item.Name} {name}");
                AddNeeded(item.Value);
                break;
        }
    }

    private void AddRule(JsonElement element)
    {
        NftRule rule = NftStatement.Read(element, out RuleCounters? counters);
        if (!_rules.TryGetValue(rule.Chain, out List<LiveNftRule>? rules))
            _rules[rule.Chain] = rules = [];

        rules.Add(new LiveNftRule(rule, counters));
        if (!rule.IsOurs)
            AddNeeded(element);
    }

    private void AddMap(NftMap map, JsonElement element)
    {
        ImmutableArray<NftElement>.Builder elements = ImmutableArray.CreateBuilder<NftElement>();
        bool hasForeign = false;
        foreach (JsonElement item in element.Items("elem"))
        {
            if (Element(map, item) is NftElement own)
            {
                elements.Add(own);
            }
            else
            {
                hasForeign = true;
                AddNeeded(item);
            }
        }

        if (hasForeign)
            _foreign.Add($"elements of {map.Name}");

        _maps.Add(new LiveNftMap(map, elements.ToImmutable(), hasForeign));
    }

    // [key, verdict], where the key may have a comment: {"elem": {"val": key, "comment": text}}.
    private static NftElement? Element(NftMap map, JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2
            || item[1].Property("goto")?.Text("target") is not string chain || NftNames.PolicyOf(chain) is null)
        {
            return null;
        }

        JsonElement key = item[0];
        string? comment = null;
        if (key.Property("elem") is JsonElement element)
        {
            comment = element.Text("comment");
            if (element.EnumerateObject().Any(member => member.Name is not ("val" or "comment"))
                || element.Property("val") is not JsonElement value)
            {
                return null;
            }

            key = value;
        }

        return Packets(map.Key, key) is PacketMatch packets ? new NftElement(map, packets, chain) { Comment = comment } : null;
    }

    private static PacketMatch? Packets(NftKey kind, JsonElement key) => kind switch
    {
        NftKey.In when InterfaceName.TryParse(NftJson.Text(key), out InterfaceName into) => new() { In = into },
        NftKey.Source4 or NftKey.Source6 when NftJson.Prefix(key) is Cidr source => new() { Source = source },
        NftKey.Destination4 or NftKey.Destination6 when NftJson.Prefix(key) is Cidr destination => new() { Destination = destination },
        NftKey.Way when key.Items("concat").ToArray() is [JsonElement one, JsonElement other]
            && InterfaceName.TryParse(NftJson.Text(one), out InterfaceName into)
            && InterfaceName.TryParse(NftJson.Text(other), out InterfaceName output) => new() { In = into, Out = output },
        _ => null,
    };

    private LiveNftChain Chain(string name, JsonElement element) => new(
        new NftChain(name, Hook(name, element)),
        [.. _rules.GetValueOrDefault(name) ?? []],
        element.Text("policy") is null or "accept");

    private static NftHook? Hook(string name, JsonElement chain)
    {
        if (chain.Text("hook") is not string hook)
            return null;

        NftHook live = new(chain.Text("type") ?? "", hook, "filter", chain.Property("prio")?.GetInt32() ?? 0);
        // The kernel knows the number alone.
        NftHook? ours = Enum.GetValues<FirewallStage>().Select(NftNames.BaseOf).FirstOrDefault(own => own.Name == name)?.Hook;
        return ours is not null && (ours.Type, ours.Name, ours.Number) == (live.Type, live.Name, live.Number) ? ours : live;
    }

    // Whatever names a chain or a map of ours, wherever it stands.
    private void AddNeeded(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    if (member.Name == "target" && NftJson.Text(member.Value) is string chain)
                        _needed.Add(chain);

                    AddNeeded(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                    AddNeeded(item);

                break;
            case JsonValueKind.String when element.GetString() is string text && text.StartsWith('@'):
                _needed.Add(text);
                break;
        }
    }
}
