using System.Globalization;
using System.Text;
using TailSplit.Core.Model;

namespace TailSplit.Core.Rules;

/// <summary>One <c>ip rule</c> of TailSplit's: a preference, what it matches, what it does (ip-rule(8)).</summary>
public sealed record RoutingRule(IpFamily Family, int Preference) : Rule(Family)
{
    public new IpFamily Family { get; init; } = Family;

    /// <summary>
    /// The value of <c>protocol</c> that marks a rule as TailSplit's (RTA_PROTOCOL; 84 is unassigned in rt_protos).
    /// </summary>
    public const int Protocol = 84;

    /// <summary>The kernel's number of the table <c>main</c> (RT_TABLE_MAIN).</summary>
    public const int MainTable = 254;

    public Cidr? From { get; init; }

    public Cidr? To { get; init; }

    /// <summary>The interface by which the packet came in; it need not exist yet.</summary>
    public InterfaceName? Iif { get; init; }

    public FwMark? FwMark { get; init; }

    /// <summary>The number of an IP protocol, where a rule is about one (ip-rule(8), ipproto; Linux 4.17).</summary>
    public int? IpProtocol { get; init; }

    public int? DestinationPort { get; init; }

    public RoutingAction Action { get; init; }

    /// <summary>The table to look up; 0 for other actions.</summary>
    public int Table { get; init; }

    /// <summary>The preference with which a <see cref="RoutingAction.Goto"/> goes on; null for other actions.</summary>
    public int? Target { get; init; }

    /// <summary>Answers with a prefix of this length or shorter do not count: 0 leaves default routes out.</summary>
    public int? SuppressPrefixLength { get; init; }

    /// <summary>Whether a killswitch ends packets here.</summary>
    public bool IsEnd => Action is RoutingAction.Prohibit or RoutingAction.Blackhole;

    public override RuleLayer Layer => RuleLayer.Routing;

    /// <summary>The rule as <c>ip rule add</c> and <c>ip rule del</c> take it.</summary>
    public string Selector
    {
        get
        {
            StringBuilder text = new(64);
            text.Append(CultureInfo.InvariantCulture, $"pref {Preference}");
            if (From is Cidr from)
                text.Append(CultureInfo.InvariantCulture, $" from {from}");

            if (To is Cidr to)
                text.Append(CultureInfo.InvariantCulture, $" to {to}");

            if (Iif is InterfaceName iif)
                text.Append(CultureInfo.InvariantCulture, $" iif {iif}");

            if (FwMark is FwMark mark)
                text.Append(CultureInfo.InvariantCulture, $" fwmark {mark}");

            return text.Append(Ports(ProtocolName)).Append(Ending(RouteTable)).ToString();
        }
    }

    /// <summary>
    /// The same in the order in which <c>ip -N rule</c> prints it (iproute2 ip/iprule.c, print_rule), which <c>ip rule
    /// add</c> takes as well: single addresses without a length, the mark before the interface, numbers for names.
    /// </summary>
    public string Shown
    {
        get
        {
            StringBuilder text = new(64);
            text.Append(CultureInfo.InvariantCulture, $"pref {Preference}");
            if (From is Cidr from)
                text.Append(" from ").Append(from.AddressOrPrefix);

            if (To is Cidr to)
                text.Append(" to ").Append(to.AddressOrPrefix);

            if (FwMark is FwMark mark)
                text.Append(CultureInfo.InvariantCulture, $" fwmark {mark}");

            if (Iif is InterfaceName iif)
                text.Append(CultureInfo.InvariantCulture, $" iif {iif}");

            return text.Append(Ports(IpProtocol?.ToString(CultureInfo.InvariantCulture)))
                .Append(Ending(Table.ToString(CultureInfo.InvariantCulture)))
                .ToString();
        }
    }

    public override string CommandLine => $"ip -{(int)Family} rule add {Selector}";

    public override string RemovalCommandLine => $"ip -{(int)Family} rule del {Selector}";

    private string Ending(string table)
    {
        string action = Action switch
        {
            RoutingAction.Lookup => $" lookup {table}",
            RoutingAction.Prohibit => " prohibit",
            RoutingAction.Blackhole => " blackhole",
            RoutingAction.Unreachable => " unreachable",
            RoutingAction.Goto => string.Create(CultureInfo.InvariantCulture, $" goto {Target}"),
            _ => throw new InvalidOperationException($"An ip rule can't {Action}."),
        };
        string suppress = SuppressPrefixLength is int length
            ? string.Create(CultureInfo.InvariantCulture, $" suppress_prefixlength {length}")
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"{action}{suppress} protocol {Protocol}");
    }

    private string Ports(string? protocol)
    {
        string about = protocol is null ? "" : $" ipproto {protocol}";
        return DestinationPort is int port
            ? string.Create(CultureInfo.InvariantCulture, $"{about} dport {port}")
            : about;
    }

    private string? ProtocolName => IpProtocol switch
    {
        6 => "tcp",
        17 => "udp",
        int number => number.ToString(CultureInfo.InvariantCulture),
        null => null,
    };

    private string RouteTable => Table == MainTable ? "main" : Table.ToString(CultureInfo.InvariantCulture);
}
