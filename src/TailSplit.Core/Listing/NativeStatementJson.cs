using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Json;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Listing;

/// <summary>Reads the statements of nft's JSON. An unknown one is kept as JSON.</summary>
internal static class NativeStatementJson
{
    public static NativeStatement Read(JsonElement json)
    {
        JsonProperty only = json.EnumerateObject().First();
        return Read(only.Name, only.Value) ?? new NativeOpaque(json.GetRawText());
    }

    private static NativeStatement? Read(string kind, JsonElement value) => kind switch
    {
        "match" => Match(value),
        "vmap" when value.Property("key") is { } key && value.Property("data") is { } data => VerdictMap(key, data),
        "mangle" when value.Property("key") is { } key && value.Property("value") is { } to => Assignment(key, to),
        "accept" or "drop" or "return" or "continue" => new NativeVerdictStatement(new NativeVerdict(kind)),
        "jump" or "goto" when value.Text("target") is string target =>
            new NativeVerdictStatement(new NativeVerdict(kind, target)),
        "snat" or "dnat" or "masquerade" or "redirect" => Translation(kind, value),
        "reject" => new NativeReject(value.Text("type"), value.Text("expr")),
        "notrack" => new NativeNotrack(),
        "set" or "map" when value.Property("elem") is { } key && value.Text("set") is ['@', .. string set] =>
            new NativeSetUpdate(value.Text("op") ?? "add", set, NativeExpressionJson.Read(key), Statements(value)),
        // Named objects such as counters do not affect where a packet goes.
        "counter" when value.ValueKind == JsonValueKind.String =>
            new NativePassing($"counter name \"{value.GetString()}\""),
        "counter" => new NativePassing("counter") { Counters = Counters(value) },
        "log" => new NativePassing(value.Text("prefix") is string prefix ? $"log prefix \"{prefix}\"" : "log"),
        "last" => new NativePassing("last"),
        "ct helper" or "ct timeout" or "ct expectation" or "secmark" =>
            new NativePassing($"{kind} set {value.GetRawText()}"),
        // The first packet of a connection is not in the flow table yet, so it takes the usual path.
        "flow" => new NativePassing($"flow add {value.Text("flowtable")}"),
        "dup" => new NativePassing($"dup {value.GetRawText()}"),
        "xt" when value.Text("type") == "match" && value.Text("name") == "comment" => new NativePassing(""),
        "limit" or "quota" or "ct count" or "meter" => new NativeGate(Gate(kind, value)),
        _ => null,
    };

    private static NativeMatch? Match(JsonElement value)
    {
        if (value.Property("left") is not { } left || value.Property("right") is not { } right)
            return null;

        NativeExpression of = NativeExpressionJson.Read(left);
        return new NativeMatch(
            value.Text("op") ?? "==", of, NativeExpressionJson.Read(right, NativeExpressionJson.IsInterface(of)));
    }

    private static NativeVerdictMap VerdictMap(JsonElement key, JsonElement data)
    {
        NativeExpression of = NativeExpressionJson.Read(key);
        return new NativeVerdictMap(of, NativeExpressionJson.Read(data, NativeExpressionJson.IsInterface(of)));
    }

    private static NativeAssignment Assignment(JsonElement key, JsonElement value) =>
        new(NativeExpressionJson.Read(key), NativeExpressionJson.Read(value));

    private static NativeTranslation Translation(string kind, JsonElement value) => new(
        kind,
        value.Text("family"),
        value.Property("addr") is { } address ? NativeExpressionJson.Read(address) : null,
        value.Property("port") is { } port ? NativeExpressionJson.Read(port) : null)
    {
        Flags =
        [
            .. NativeExpressionJson.Words(value.Property("flags")),
            .. NativeExpressionJson.Words(value.Property("type_flags")),
        ],
    };

    private static RuleCounters? Counters(JsonElement value) => value.Property("packets") is { } packets
        ? new RuleCounters(packets.GetUInt64(), value.Property("bytes")?.GetUInt64() ?? 0)
        : null;

    private static string Gate(string kind, JsonElement value)
    {
        string over = value.Flag("inv") ? "over " : "";
        return (kind, value.ValueKind) switch
        {
            (_, JsonValueKind.String) => $"{kind} name \"{value.GetString()}\"",
            ("limit", _) when value.Text("rate_unit") is string unit =>
                $"limit rate {over}{value.Property("rate")} {unit}/{value.Text("per")}",
            ("limit", _) => $"limit rate {over}{value.Property("rate")}/{value.Text("per")}",
            ("ct count", _) => $"ct count {over}{value.Property("val")}",
            ("quota", _) => $"quota {over}{value.Property("val")} {value.Text("val_unit")}",
            _ => $"{kind} {value.GetRawText()}",
        };
    }

    private static ImmutableArray<NativeStatement> Statements(JsonElement value) =>
        [.. value.Items("stmt").Select(Read)];
}
