using System.Text.Json;
using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Core.Nftables;

/// <summary>Values in the JSON of nft.</summary>
internal static class NftJson
{
    public static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Words that stand alone, in a list, or joined by "|", as versions of nft differ about.</summary>
    public static IReadOnlyList<string> Words(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().SelectMany(item => Words(item))],
        { ValueKind: JsonValueKind.Object } joined when joined.Property("|") is JsonElement words => Words(words),
        _ => [],
    };

    /// <summary>A prefix, or an address alone.</summary>
    public static Cidr? Prefix(JsonElement value)
    {
        if (value.Property("prefix") is JsonElement prefix)
        {
            return prefix.Property("len") is JsonElement length && length.TryGetInt32(out int bits)
                && Cidr.TryParse($"{prefix.Text("addr")}/{bits}", out Cidr network)
                ? network
                : null;
        }

        return Cidr.TryParse(Text(value), out Cidr address) && address.IsHost ? address : null;
    }

    public static uint? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetUInt32(out uint number) ? number : null;

    public static int? IcmpV6Type(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetInt32() : NftIcmpV6.TypeOf(Text(value));
}
