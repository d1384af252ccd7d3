using System.Text.Json;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Core.Nftables;

/// <summary>
/// Reads the expressions of one rule, as <c>nft -j</c> prints them (libnftables-json(5)). What TailSplit never writes
/// makes the rule a foreign one.
/// </summary>
internal sealed class NftStatement
{
    private PacketMatch _match = PacketMatch.Any;
    private NftAction? _action;
    private IpFamily? _family;
    private FwMark? _connectionMark;
    private Cidr? _responder;
    private bool _isKnown;
    private bool _isReply;
    private bool _isForeign;

    /// <summary>What the rule's counter says; null where it has none.</summary>
    public RuleCounters? Counters { get; private set; }

    /// <param name="rule">The rule's object.</param>
    /// <param name="counters">What the rule has counted.</param>
    public static NftRule Read(JsonElement rule, out RuleCounters? counters)
    {
        NftStatement statement = new();
        foreach (JsonElement expression in rule.Items("expr"))
            statement.Add(expression);

        counters = statement.Counters;
        return statement.ToRule(rule);
    }

    private NftRule ToRule(JsonElement rule)
    {
        if (_isKnown != (_isReply || _connectionMark is not null) || (_responder is not null && !_isReply))
            _isForeign = true;

        PacketMatch match = _match with
        {
            Reply = _isReply ? new ReplyMatch(_responder) : null,
            ConnectionMark = _connectionMark,
            HasForeignParts = _isForeign,
        };
        NftAction action = _action switch
        {
            // In TailSplit's rules the connection has the mark that the packet gets.
            NftAction.Decide { Verdict: FirewallVerdict.SetMark set } when set.Mark == _connectionMark =>
                new NftAction.Decide(new FirewallVerdict.RestoreMark(set.Mark)),
            NftAction known => known,
            null => new NftAction.Decide(new FirewallVerdict.Foreign(rule.Property("expr")?.GetRawText() ?? "")),
        };
        return new NftRule(rule.Text("chain") ?? "", NftRule.Implied(match, action) ?? _family, match, action)
        {
            Comment = rule.Text("comment"),
            Handle = rule.Property("handle")?.GetInt64(),
        };
    }

    private void Add(JsonElement expression)
    {
        JsonProperty[] members = expression.ValueKind == JsonValueKind.Object ? [.. expression.EnumerateObject()] : [];
        if (members is not [JsonProperty only])
        {
            _isForeign = true;
        }
        else if (only.Name == "counter" && only.Value.Property("packets") is JsonElement packets)
        {
            Counters = new RuleCounters(packets.GetUInt64(), only.Value.Property("bytes")?.GetUInt64() ?? 0);
        }
        else if (only.Name == "match")
        {
            // A match behind the verdict would be one that decides nothing.
            _isForeign |= _action is not null || !Match(only.Value);
        }
        else if (_action is null && NftActionJson.Read(only) is NftAction action)
        {
            _action = action;
        }
        else
        {
            _isForeign = true;
            _action = new NftAction.Decide(new FirewallVerdict.Foreign(expression.GetRawText()));
        }
    }

    private bool Match(JsonElement match)
    {
        if (match.Property("left") is not JsonElement left || match.Property("right") is not JsonElement right)
            return false;

        bool equal = match.Text("op") is "==" or "in";
        bool differs = match.Text("op") == "!=";
        if (left.Property("meta") is JsonElement meta)
            return Meta(meta.Text("key"), right, equal, differs);

        if (left.Property("fib") is JsonElement fib)
            return Fib(fib, right, equal, differs);

        if (!equal)
            return false;

        if (left.Property("payload") is JsonElement payload)
            return Payload(payload.Text("protocol"), payload.Text("field"), right);

        if (left.Property("ct") is JsonElement ct)
            return Connection(ct, right);

        return left.Property("&") is JsonElement { ValueKind: JsonValueKind.Array } masked && Masked(masked, right);
    }

    private bool Meta(string? key, JsonElement right, bool equal, bool differs)
    {
        if (key == "nfproto" && equal)
        {
            _family = NftJson.Text(right) switch
            {
                "ipv4" => IpFamily.IPv4,
                "ipv6" => IpFamily.IPv6,
                _ => null,
            };
            return _family is not null;
        }

        if (key == "iifname" && differs && NftJson.Text(right) == "lo" && !_match.NotFromLoopback)
        {
            _match = _match with { NotFromLoopback = true };
            return true;
        }

        if (!equal || !InterfaceName.TryParse(NftJson.Text(right), out InterfaceName device))
            return false;

        switch (key)
        {
            case "iifname" when _match.In is null:
                _match = _match with { In = device };
                return true;
            case "oifname" when _match.Out is null:
                _match = _match with { Out = device };
                return true;
            default:
                return false;
        }
    }

    private bool Fib(JsonElement fib, JsonElement right, bool equal, bool differs)
    {
        string[] flags = [.. NftJson.Words(fib.Property("flags"))];
        if (fib.Text("result") != "type" || NftJson.Text(right) != "local")
            return false;

        if (equal && flags is ["saddr"])
            _match = _match with { SourceIsHost = true };
        else if (differs && flags is ["daddr"])
            _match = _match with { DestinationIsNotHost = true };
        else
            return false;

        return true;
    }

    private bool Payload(string? protocol, string? field, JsonElement right)
    {
        switch (protocol, field)
        {
            case ("ip" or "ip6", "saddr") when _match.Source is null && NftJson.Prefix(right) is Cidr source:
                _match = _match with { Source = source };
                return true;
            case ("ip" or "ip6", "daddr") when _match.Destination is null && NftJson.Prefix(right) is Cidr destination:
                _match = _match with { Destination = destination };
                return true;
            case ("tcp" or "udp", "dport") when _match.Port is null && right.ValueKind == JsonValueKind.Number && right.TryGetInt32(out int port):
                _match = _match with { Port = new ServicePort(protocol == "tcp" ? ServicePort.Tcp : ServicePort.Udp, port) };
                return true;
            case ("icmpv6", "type") when _match.IcmpV6Type is null && NftJson.IcmpV6Type(right) is int type:
                _match = _match with { IcmpV6Type = type };
                return true;
            default:
                return false;
        }
    }

    private bool Connection(JsonElement ct, JsonElement right)
    {
        switch (ct.Text("key"), ct.Text("dir"))
        {
            case ("state", null):
                return _isKnown = NftJson.Words(right).Order(StringComparer.Ordinal).SequenceEqual(["established", "related"]);
            case ("direction", null):
                return _isReply = NftJson.Text(right) == "reply";
            case ("ip saddr" or "ip6 saddr", "reply") when _responder is null:
                _responder = NftJson.Prefix(right);
                return _responder is not null;
            default:
                return false;
        }
    }

    private bool Masked(JsonElement masked, JsonElement right)
    {
        if (masked.GetArrayLength() != 2)
            return false;

        JsonElement left = masked[0];
        if (left.Property("ct")?.Text("key") == "mark" && _connectionMark is null
            && NftJson.Number(masked[1]) is uint mask && NftJson.Number(right) is uint value)
        {
            _connectionMark = new FwMark(value, mask);
            return true;
        }

        bool opens = left.Property("payload") is JsonElement payload
            && (payload.Text("protocol"), payload.Text("field")) == ("tcp", "flags")
            && NftJson.Words(masked[1]).Order(StringComparer.Ordinal).SequenceEqual(["rst", "syn"])
            && NftJson.Words(right) is ["syn"];
        if (opens)
            _match = _match with { OpensTcp = true };

        return opens;
    }
}
