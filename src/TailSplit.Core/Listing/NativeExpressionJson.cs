using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Json;
using TailSplit.Core.Model;

namespace TailSplit.Core.Listing;

/// <summary>Reads the expressions of nft's JSON. An unknown one is kept as JSON.</summary>
internal static class NativeExpressionJson
{
    /// <param name="json">The expression.</param>
    /// <param name="isInterface">Whether its words are interface names.</param>
    public static NativeExpression Read(JsonElement json, bool isInterface = false) => json.ValueKind switch
    {
        JsonValueKind.String when json.GetString() is ['@', .. string name] => new NativeSetName(name),
        JsonValueKind.String => new NativeWord(json.GetString()!, isInterface && json.GetString() != "*"),
        JsonValueKind.Number when json.TryGetUInt32(out uint number) => new NativeNumber(number),
        JsonValueKind.True => new NativePresence(true),
        JsonValueKind.False => new NativePresence(false),
        JsonValueKind.Array => new NativeList([.. json.EnumerateArray().Select(item => Read(item, isInterface))]),
        JsonValueKind.Object when json.EnumerateObject().Any() => ReadObject(json, isInterface),
        _ => new NativeUnknown(json.GetRawText()),
    };

    /// <summary>The elements of a set or a map: keys, or pairs of key and value.</summary>
    public static ImmutableArray<NativeElement> Elements(JsonElement? json, bool isInterface = false) => json switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list =>
            [.. list.EnumerateArray().Select(item => Element(item, isInterface))],
        { } one => [Element(one, isInterface)],
    };

    /// <summary>A word, or each word of a list.</summary>
    public static IEnumerable<string> Words(JsonElement? json) => json switch
    {
        { ValueKind: JsonValueKind.String } word => [word.GetString()!],
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray()
            .Where(item => item.ValueKind == JsonValueKind.String)
            .Select(item => item.GetString()!),
        _ => [],
    };

    /// <summary>Whether the words that a left side is compared with are interface names.</summary>
    public static bool IsInterface(NativeExpression left) => left switch
    {
        NativeField field => field.IsInterface,
        NativeConcat concat => concat.Parts.All(IsInterface),
        _ => false,
    };

    private static NativeElement Element(JsonElement json, bool isInterface)
    {
        bool isPair = json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 2;
        JsonElement key = isPair ? json[0] : json;
        JsonElement? more = key.Property("elem");
        return new NativeElement(Read(key, isInterface), isPair ? Read(json[1]) : null)
        {
            Comment = more?.Text("comment"),
            HasMore = more is { ValueKind: JsonValueKind.Object } members
                && members.EnumerateObject().Any(member => member.Name is not ("val" or "comment")),
        };
    }

    private static NativeExpression ReadObject(JsonElement json, bool isInterface)
    {
        JsonProperty only = json.EnumerateObject().First();
        return Read(only.Name, only.Value, isInterface) ?? new NativeUnknown(json.GetRawText());
    }

    private static NativeExpression? Read(string kind, JsonElement value, bool isInterface) => kind switch
    {
        "payload" when value.Text("protocol") is string protocol =>
            new NativeField($"{protocol} {value.Text("field")}"),
        "meta" => Meta(value.Text("key")),
        "ct" when value.Text("dir") is string direction => new NativeField($"ct {direction} {value.Text("key")}"),
        "ct" => new NativeField($"ct {value.Text("key")}"),
        "fib" => new NativeField($"fib {string.Join(" . ", Words(value.Property("flags")))} {value.Text("result")}"),
        "rt" => new NativeField($"rt {value.Text("key")}"),
        "exthdr" or "tcp option" or "ip option" when value.Text("name") is string name =>
            new NativeField($"{kind} {name}{(value.Text("field") is string field ? " " + field : "")}"),
        "prefix" when value.Text("addr") is string address && value.Property("len") is { } length
            && Cidr.TryParse($"{address}/{length}", out Cidr prefix) => new NativePrefix(prefix),
        "range" when Two(value) => new NativeRange(Read(value[0], isInterface), Read(value[1], isInterface)),
        "concat" => new NativeConcat([.. value.EnumerateArray().Select(part => Read(part, isInterface))]),
        "set" => new NativeSetLiteral(Elements(value, isInterface)),
        "elem" when value.Property("val") is { } element => Read(element, isInterface),
        "map" when value.Property("key") is { } key && value.Property("data") is { } data => Map(key, data),
        "&" or "|" or "^" or "<<" or ">>" when value.ValueKind == JsonValueKind.Array =>
            new NativeBits(kind, [.. value.EnumerateArray().Select(operand => Read(operand))]),
        "accept" or "drop" or "return" or "continue" => new NativeVerdict(kind),
        "jump" or "goto" when value.Text("target") is string target => new NativeVerdict(kind, target),
        _ => null,
    };

    // nft prints the keys of interfaces without the word "meta".
    private static NativeField Meta(string? key) =>
        new(key is "iif" or "oif" or "iifname" or "oifname" ? key : $"meta {key}");

    private static NativeMapped Map(JsonElement key, JsonElement data)
    {
        NativeExpression of = Read(key);
        return new NativeMapped(of, Read(data, IsInterface(of)));
    }

    private static bool Two(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2;
}
