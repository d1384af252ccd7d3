using System.Net;
using System.Text.Json;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Core.Nftables;

/// <summary>Reads what a rule does.</summary>
internal static class NftActionJson
{
    /// <summary>The action of an expression; null for one that TailSplit never writes.</summary>
    public static NftAction? Read(JsonProperty expression)
    {
        JsonElement value = expression.Value;
        return expression.Name switch
        {
            "goto" when value.Text("target") is string chain => new NftAction.Goto(chain),
            "jump" when value.Text("target") is string chain => new NftAction.Jump(chain),
            "vmap" => Lookup(value),
            _ => Verdict(expression.Name, value) is FirewallVerdict verdict ? new NftAction.Decide(verdict) : null,
        };
    }

    private static FirewallVerdict? Verdict(string name, JsonElement value) => name switch
    {
        "return" => new FirewallVerdict.Return(),
        "drop" => new FirewallVerdict.Drop(),
        "masquerade" when value.ValueKind == JsonValueKind.Null => new FirewallVerdict.Masquerade(),
        "reject" when value.Text("expr") == "admin-prohibited" && value.Text("type") == "icmpx" => new FirewallVerdict.Reject(),
        "dnat" => Redirect(value),
        "mangle" => Mangle(value),
        _ => null,
    };

    // Only a map's own expression: another would lead elsewhere by the same elements.
    private static NftAction.Lookup? Lookup(JsonElement value) =>
        value.Text("data") is string data && data.StartsWith('@') && NftNames.FindMap(data[1..]) is NftMap map
        && value.Property("key") is JsonElement key && ExpressionOf(key) == map.Key.Expression()
            ? new NftAction.Lookup(map)
            : null;

    private static string? ExpressionOf(JsonElement key)
    {
        if (key.Property("meta") is JsonElement meta)
            return meta.Text("key");

        if (key.Property("payload") is JsonElement payload)
            return $"{payload.Text("protocol")} {payload.Text("field")}";

        JsonElement[] parts = [.. key.Items("concat")];
        return parts.Length > 0 ? string.Join(" . ", parts.Select(ExpressionOf)) : null;
    }

    private static FirewallVerdict.RedirectTo? Redirect(JsonElement value)
    {
        bool plain = value.ValueKind == JsonValueKind.Object
            && value.EnumerateObject().All(member => member.Name is "family" or "addr");
        return plain && IPAddress.TryParse(value.Text("addr"), out IPAddress? address)
            && value.Text("family") == NftMatchText.Ip(Cidr.Of(address).Family)
            ? new FirewallVerdict.RedirectTo(address)
            : null;
    }

    private static FirewallVerdict? Mangle(JsonElement value)
    {
        if (value.Property("key") is not JsonElement key || value.Property("value") is not JsonElement to)
            return null;

        if (key.Property("tcp option") is JsonElement option)
        {
            return (option.Text("name"), option.Text("field"), to.Property("rt")?.Text("key")) == ("maxseg", "size", "mtu")
                ? new FirewallVerdict.ClampSegment()
                : null;
        }

        if (key.Property("meta")?.Text("key") == "mark")
            return Mark("meta", to) is FwMark mark ? new FirewallVerdict.SetMark(mark) : null;

        return key.Property("ct")?.Text("key") == "mark" && Mark("ct", to) is FwMark saved
            ? new FirewallVerdict.SaveMark(saved)
            : null;
    }

    // (mark & A) | B, where nft lists A with the bits of B in it. Without B where no bit is set.
    private static FwMark? Mark(string of, JsonElement value)
    {
        JsonElement[] either = [.. value.Items("|")];
        JsonElement masked = either.Length == 2 ? either[0] : value;
        uint? set = either.Length == 2 ? NftJson.Number(either[1]) : 0;
        return masked.Items("&").ToArray() is [JsonElement mark, JsonElement mask]
            && mark.Property(of)?.Text("key") == "mark"
            && NftJson.Number(mask) is uint kept && set is uint bits
            ? new FwMark(bits, ~kept | bits)
            : null;
    }
}
