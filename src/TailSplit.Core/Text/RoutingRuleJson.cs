using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Text;

/// <summary>Reads <c>ip -N -j rule</c> (iproute2 ip/iprule.c, print_rule): numbers for tables and protocols, no names.</summary>
public static class RoutingRuleJson
{
    /// <exception cref="TailSplitException">UnreadableOutput: the text is no JSON list of rules.</exception>
    public static ImmutableArray<LiveRoutingRule> Parse(IpFamily family, string json) =>
        JsonText.ReadList("ip -j rule", json, element => Read(family, element));

    private static LiveRoutingRule Read(IpFamily family, JsonElement element)
    {
        int preference = element.TryGetProperty("priority", out JsonElement priority) ? priority.GetInt32() : 0;
        int protocol = NumberOf(element, "protocol");
        int table = TableOf(element);
        FwMark? mark = MarkOf(element);
        bool inverted = element.TryGetProperty("not", out _);
        RoutingRule? own = protocol == RoutingRule.Protocol && !inverted
            ? new RoutingRule(family, preference)
            {
                From = PrefixOf(element, "src", "srclen"),
                To = PrefixOf(element, "dst", "dstlen"),
                Iif = element.Text("iif") is string iif && InterfaceName.TryParse(iif, out InterfaceName name) ? name : null,
                FwMark = mark,
                Action = ActionOf(element.Text("action")),
                Table = table,
                SuppressPrefixLength = element.TryGetProperty("suppress_prefixlen", out JsonElement length) ? length.GetInt32() : null,
            }
            : null;
        LiveRoutingRule rule = new(preference, protocol, table, mark, inverted, own)
        {
            Family = family,
            From = PrefixOf(element, "src", "srclen"),
            To = PrefixOf(element, "dst", "dstlen"),
            Iif = element.Text("iif"),
            Oif = element.Text("oif"),
            Action = element.Text("action"),
            SuppressPrefixLength = element.TryGetProperty("suppress_prefixlen", out JsonElement suppressed) ? suppressed.GetInt32() : null,
        };
        return rule with { Whole = KernelRoutingRuleJson.Read(family, element, rule) };
    }

    // RTN_BLACKHOLE is 6, RTN_PROHIBIT is 8 (linux/rtnetlink.h).
    private static RoutingAction ActionOf(string? action) => action switch
    {
        "prohibit" or "8" => RoutingAction.Prohibit,
        "blackhole" or "6" => RoutingAction.Blackhole,
        _ => RoutingAction.Lookup,
    };

    private static int NumberOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value)
            ? value.ValueKind == JsonValueKind.Number ? value.GetInt32() : Number(value.GetString())
            : 0;

    private static int TableOf(JsonElement element) => element.Text("table") switch
    {
        // Before iproute2 5.x, -N did not reach tables.
        "main" => RoutingRule.MainTable,
        "local" => 255,
        "default" => 253,
        string number => Number(number),
        null => NumberOf(element, "table"),
    };

    private static FwMark? MarkOf(JsonElement element)
    {
        if (element.Text("fwmark") is not string value)
            return null;

        uint mask = element.Text("fwmask") is string text ? Hex(text) : uint.MaxValue;
        return new FwMark(Hex(value), mask);
    }

    private static Cidr? PrefixOf(JsonElement element, string name, string lengthName)
    {
        if (element.Text(name) is not string text || !IPAddress.TryParse(text, out IPAddress? address))
            return null;

        return element.TryGetProperty(lengthName, out JsonElement length) ? Cidr.Of(address, length.GetInt32()) : Cidr.Of(address);
    }

    private static int Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private static uint Hex(string text) =>
        uint.Parse(text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
