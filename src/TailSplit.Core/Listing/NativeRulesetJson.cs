using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Json;

namespace TailSplit.Core.Listing;

/// <summary>Reads tables, chains, sets and rules of nft's JSON (libnftables-json(5)).</summary>
internal static class NativeRulesetJson
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static NativeRuleset Read(string json) => JsonText.Read("nft -j list", json, root =>
    {
        List<NativeTable> tables = [];
        foreach (JsonElement item in root.GetProperty("nftables").EnumerateArray())
            Add(item.EnumerateObject().First(), tables);

        return new NativeRuleset([.. tables]);
    });

    // nft lists a table before its sets, its chains before their rules.
    private static void Add(JsonProperty item, List<NativeTable> tables)
    {
        JsonElement value = item.Value;
        switch (item.Name)
        {
            case "table":
                tables.Add(new NativeTable(Required(value, "family"), Required(value, "name"))
                {
                    IsDormant = IsDormant(value),
                });
                break;
            case "chain":
                TableOf(value, tables).Add(new NativeChain(Required(value, "name"), Hook(value)));
                break;
            case "set" or "map":
                TableOf(value, tables).Add(new NativeSet(
                    item.Name,
                    Required(value, "name"),
                    NativeExpressionJson.Elements(value.Property("elem"), IsInterfaces(value))));
                break;
            case "rule":
                (TableOf(value, tables).Chain(Required(value, "chain"))
                    ?? throw new FormatException($"a rule of an unknown chain: {value}")).Add(Rule(value));
                break;
            case "metainfo":
                break;
            default:
                TableOf(value, tables).Add($"{item.Name} {Required(value, "name")}");
                break;
        }
    }

    private static NativeTable TableOf(JsonElement value, List<NativeTable> tables)
    {
        (string family, string name) = (Required(value, "family"), Required(value, "table"));
        return tables.FindLast(table => table.Family == family && table.Name == name)
            ?? throw new FormatException($"something of an unknown table: {family} {name}");
    }

    private static NativeRule Rule(JsonElement value)
    {
        ImmutableArray<NativeStatement> statements = [.. value.Items("expr").Select(NativeStatementJson.Read)];
        return new NativeRule(statements, value.Text("comment")) { Handle = value.Property("handle")?.GetInt64() };
    }

    private static NativeHook? Hook(JsonElement value) => value.Text("hook") is string hook
        ? new NativeHook(
            value.Text("type") ?? "filter", hook, value.GetProperty("prio").GetInt32(), value.Text("policy") == "drop")
        : null;

    // nft 1.0.6 prints the flags of a table from the wrong variable, so they can be any text.
    private static bool? IsDormant(JsonElement value)
    {
        string[] flags = [.. NativeExpressionJson.Words(value.Property("flags"))];
        return flags.Contains("dormant") ? true
            : flags.All(flag => flag is "owner" or "persist") ? false
            : null;
    }

    private static bool IsInterfaces(JsonElement set) =>
        NativeExpressionJson.Words(set.Property("type")).Contains("ifname");

    private static string Required(JsonElement value, string name) =>
        value.Text(name) ?? throw new FormatException($"no '{name}' in {value}");
}
