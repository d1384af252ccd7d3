using System.Globalization;
using System.Net;
using System.Text.Json;
using TailSplit.Core.Json;
using TailSplit.Core.Model;

namespace TailSplit.Core.Kernel;

/// <summary>Reads one rule of <c>ip -N -j rule</c> completely (iproute2 ip/iprule.c, print_rule).</summary>
internal static class KernelRoutingRuleJson
{
    public static KernelRoutingRule Read(IpFamily family, JsonElement element) =>
        new(family, NumberOf(element, "priority"), ActionOf(element))
        {
            Inverted = element.TryGetProperty("not", out _),
            From = PrefixOf(element, "src", "srclen"),
            To = PrefixOf(element, "dst", "dstlen"),
            Iif = element.Text("iif"),
            IsDetached = element.TryGetProperty("iif_detached", out _),
            FwMark = MarkOf(element),
            IpProtocol = ProtocolOf(element.Text("ipproto")),
            SourcePort = PortsOf(element, "sport"),
            DestinationPort = PortsOf(element, "dport"),
            NeverForwarded = NeverForwarded(element),
            Table = TableOf(element),
            Target = element.TryGetProperty("goto", out _) ? NumberOf(element, "goto") : null,
            SuppressPrefixLength = element.Property("suppress_prefixlen")?.GetInt32(),
            SuppressGroup = element.Text("suppress_ifgroup"),
            Protocol = NumberOf(element, "protocol"),
        };

    private static KernelRoutingAction ActionOf(JsonElement element) => element.Text("action") switch
    {
        "blackhole" or "6" => KernelRoutingAction.Blackhole,
        "unreachable" or "7" => KernelRoutingAction.Unreachable,
        "prohibit" or "8" => KernelRoutingAction.Prohibit,
        _ when element.TryGetProperty("goto", out _) => KernelRoutingAction.Goto,
        _ when element.TryGetProperty("nop", out _) => KernelRoutingAction.Nop,
        _ when element.TryGetProperty("table", out _) || element.TryGetProperty("l3mdev", out _) =>
            KernelRoutingAction.Lookup,
        // Old kinds of NAT, which current kernels ignore.
        _ => KernelRoutingAction.Nop,
    };

    private static string? NeverForwarded(JsonElement element)
    {
        List<string> criteria = [];
        if (element.Text("oif") is string oif)
            criteria.Add($"oif {oif}");

        if (element.Text("tos") is string tos)
            criteria.Add($"tos {tos}");

        if (element.Property("tun_id") is JsonElement tunnel)
            criteria.Add($"tun_id {tunnel}");

        if (element.TryGetProperty("l3mdev", out _))
            criteria.Add("l3mdev");

        // Forwarded packets count as root's in routing (net/core/sock.h, sock_net_uid).
        if (element.Property("uid_start") is JsonElement first && first.GetInt64() > 0)
            criteria.Add($"uidrange {first}-{element.Property("uid_end")}");

        return criteria.Count == 0 ? null : string.Join(' ', criteria);
    }

    // With -N it is "ipproto-6", without "tcp" (inet_proto_n2a).
    private static int? ProtocolOf(string? text) =>
        text is null ? null : ProtocolNumbers.Of(text) ?? ProtocolNumbers.Of(text[(text.LastIndexOf('-') + 1)..]) ?? -1;

    private static PortRange? PortsOf(JsonElement element, string name)
    {
        if (element.Property(name) is JsonElement one)
            return new PortRange(one.GetInt32(), one.GetInt32());

        return element.Property(name + "_start") is JsonElement first
            && element.Property(name + "_end") is JsonElement last
            ? new PortRange(first.GetInt32(), last.GetInt32())
            : null;
    }

    private static Cidr? PrefixOf(JsonElement element, string name, string lengthName) =>
        !IPAddress.TryParse(element.Text(name), out IPAddress? address) ? null
        : element.Property(lengthName) is JsonElement length ? Cidr.Of(address, length.GetInt32())
        : Cidr.Of(address);

    // The kernel's are of 32 bits without a sign; only what comes before TailSplit's matters of a preference.
    private static int NumberOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value)
            ? value.ValueKind == JsonValueKind.Number
                ? (int)Math.Min(value.GetUInt32(), int.MaxValue)
                : Number(value.GetString())
            : 0;

    private static int TableOf(JsonElement element) =>
        element.Text("table") is string text ? KernelTable.Parse(text) : NumberOf(element, "table");

    private static FwMark? MarkOf(JsonElement element)
    {
        if (element.Text("fwmark") is not string value)
            return null;

        uint mask = element.Text("fwmask") is string text ? Hex(text) : uint.MaxValue;
        return new FwMark(Hex(value), mask);
    }

    private static int Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private static uint Hex(string text) =>
        uint.Parse(
            text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text,
            NumberStyles.HexNumber,
            CultureInfo.InvariantCulture);
}
