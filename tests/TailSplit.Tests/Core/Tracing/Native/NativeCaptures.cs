using System.Text.Json;
using System.Text.RegularExpressions;
using TailSplit.Tests.Core.Goldens;

namespace TailSplit.Tests.Core.Tracing.Native;

/// <summary>The captured rulesets under Golden/nft.</summary>
internal static partial class NativeCaptures
{
    // The rules of expressions.txt by their handles: "ct state new drop # handle 42".
    private static readonly Dictionary<string, int> s_handles = Rule()
        .Matches(Read("expressions.txt"))
        .GroupBy(match => match.Groups[1].Value)
        .ToDictionary(group => group.Key.Replace("counter packets 0 bytes 0", "counter", StringComparison.Ordinal), group => int.Parse(group.First().Groups[2].Value));

    public static IEnumerable<string> Expressions => s_handles.Keys;

    public static string Read(string name) => File.ReadAllText(Path.Combine(GoldenFile.Folder, "nft", name));

    /// <summary>The ruleset of expressions.json with one rule alone, besides what its chains drop into.</summary>
    /// <param name="rule">The rule in nft's words.</param>
    public static string Alone(string rule)
    {
        int handle = s_handles.TryGetValue(rule, out int known)
            ? known
            : throw new ArgumentException($"Golden/nft/expressions.txt has no rule '{rule}'.", nameof(rule));
        using JsonDocument all = JsonDocument.Parse(Read("expressions.json"));
        string[] items =
        [
            .. all.RootElement.GetProperty("nftables").EnumerateArray()
                .Where(item => IsKept(item, handle))
                .Select(item => item.GetRawText()),
        ];
        return $$"""{"nftables": [{{string.Join(",\n", items)}}]}""";
    }

    private static bool IsKept(JsonElement item, int handle)
    {
        JsonElement value = item.EnumerateObject().First().Value;
        bool isOfTable = value.TryGetProperty("table", out JsonElement table)
            ? table.GetString() == "x"
            : value.TryGetProperty("name", out JsonElement name) && name.GetString() == "x";
        return isOfTable && (!item.TryGetProperty("rule", out JsonElement rule)
            || rule.GetProperty("handle").GetInt32() == handle
            || rule.GetProperty("chain").GetString() == "dropping");
    }

    [GeneratedRegex(@"^\t\t(.+) # handle (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Rule();
}
