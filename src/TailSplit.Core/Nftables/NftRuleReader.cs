using TailSplit.Core.Listing;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>
/// Reads a listed rule as one of TailSplit's. A rule with a statement that TailSplit never writes is foreign.
/// </summary>
internal sealed class NftRuleReader
{
    private PacketMatch _match = PacketMatch.Any;
    private NftAction? _action;
    private IpFamily? _family;
    private FwMark? _connectionMark;
    private Cidr? _responder;
    private RuleCounters? _counters;
    private bool _isKnown;
    private bool _isReply;
    private bool _isForeign;

    /// <summary>Reads a rule and its counters.</summary>
    public static LiveNftRule Read(string chain, NativeRule rule)
    {
        NftRuleReader reader = new();
        foreach (NativeStatement statement in rule.Statements)
            reader.Add(statement);

        return new LiveNftRule(reader.ToRule(chain, rule), reader._counters);
    }

    private NftRule ToRule(string chain, NativeRule rule)
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
            null => new NftAction.Decide(new FirewallVerdict.Foreign(rule.ToString())),
        };
        return new NftRule(chain, NftRule.Implied(match, action) ?? _family, match, action)
        {
            Comment = rule.Comment,
            Handle = rule.Handle,
        };
    }

    private void Add(NativeStatement statement)
    {
        if (statement is NativePassing { Counters: RuleCounters counters })
        {
            _counters = counters;
        }
        else if (statement is NativeMatch match)
        {
            // A match after the verdict would have no effect.
            _isForeign |= _action is not null || !Match(match);
        }
        else if (_action is null && NftActionReader.Read(statement) is NftAction action)
        {
            _action = action;
        }
        else
        {
            _isForeign = true;
            _action = new NftAction.Decide(new FirewallVerdict.Foreign(statement.ToString()));
        }
    }

    private bool Match(NativeMatch match) => match switch
    {
        { Operator: "==" or "in", Left: NativeField field } => Is(field.Name, match.Right),
        {
            Operator: "==" or "in",
            Left: NativeBits { Operator: "&", Operands: [NativeField field, NativeExpression mask] },
        } =>
            Masked(field.Name, mask, match.Right),
        { Operator: "!=", Left: NativeField field, Right: NativeWord word } => IsNot(field.Name, word.Text),
        _ => false,
    };

    private bool Is(string field, NativeExpression right)
    {
        switch (field, right)
        {
            case ("meta nfproto", NativeWord { Text: "ipv4" }):
                _family = IpFamily.IPv4;
                return true;
            case ("meta nfproto", NativeWord { Text: "ipv6" }):
                _family = IpFamily.IPv6;
                return true;
            case ("iifname", NativeWord word) when _match.In is null
                && InterfaceName.TryParse(word.Text, out InterfaceName into):
                _match = _match with { In = into };
                return true;
            case ("oifname", NativeWord word) when _match.Out is null
                && InterfaceName.TryParse(word.Text, out InterfaceName output):
                _match = _match with { Out = output };
                return true;
            case ("fib saddr type", NativeWord { Text: "local" }):
                _match = _match with { SourceIsHost = true };
                return true;
            case ("ip saddr" or "ip6 saddr", { AsPrefix: Cidr source }) when _match.Source is null:
                _match = _match with { Source = source };
                return true;
            case ("ip daddr" or "ip6 daddr", { AsPrefix: Cidr destination }) when _match.Destination is null:
                _match = _match with { Destination = destination };
                return true;
            case ("tcp dport" or "udp dport", NativeNumber { Value: <= ushort.MaxValue } port) when _match.Port is null:
                int protocol = field == "tcp dport" ? ServicePort.Tcp : ServicePort.Udp;
                _match = _match with { Port = new ServicePort(protocol, (int)port.Value) };
                return true;
            case ("icmpv6 type", _) when _match.IcmpV6Type is null && IcmpV6Type(right) is int type:
                _match = _match with { IcmpV6Type = type };
                return true;
            case ("ct state", _):
                return _isKnown = HasWords(right, "established", "related");
            case ("ct direction", _):
                return _isReply = right is NativeWord { Text: "reply" };
            case ("ct reply ip saddr" or "ct reply ip6 saddr", { AsPrefix: Cidr responder }) when _responder is null:
                _responder = responder;
                return true;
            default:
                return false;
        }
    }

    private bool IsNot(string field, string word)
    {
        switch (field, word)
        {
            case ("iifname", "lo") when !_match.NotFromLoopback:
                _match = _match with { NotFromLoopback = true };
                return true;
            case ("fib daddr type", "local"):
                _match = _match with { DestinationIsNotHost = true };
                return true;
            default:
                return false;
        }
    }

    private bool Masked(string field, NativeExpression mask, NativeExpression right)
    {
        switch (field, mask, right)
        {
            case ("ct mark", NativeNumber bits, NativeNumber value) when _connectionMark is null:
                _connectionMark = new FwMark(value.Value, bits.Value);
                return true;
            case ("tcp flags", _, _) when HasWords(mask, "rst", "syn") && HasWords(right, "syn"):
                _match = _match with { OpensTcp = true };
                return true;
            default:
                return false;
        }
    }

    private static int? IcmpV6Type(NativeExpression type) => type switch
    {
        NativeNumber number => (int)number.Value,
        NativeWord word => NftIcmpV6.TypeOf(word.Text),
        _ => null,
    };

    private static bool HasWords(NativeExpression expression, params string[] sorted) =>
        expression.Words.Order(StringComparer.Ordinal).SequenceEqual(sorted);
}
