using System.Globalization;
using System.Text;
using TailSplit.Core.Model;

namespace TailSplit.Core.Kernel;

/// <summary>What an ip rule does with a packet that it matches (FR_ACT_* of linux/fib_rules.h).</summary>
public enum KernelRoutingAction
{
    Lookup,
    Goto,
    Nop,
    Blackhole,
    Unreachable,
    Prohibit,
}

/// <summary>A first and a last port.</summary>
public readonly record struct PortRange(int First, int Last)
{
    public bool Contains(int port) => port >= First && port <= Last;

    public override string ToString() => First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}

/// <summary>
/// An ip rule with everything that the kernel can match and do (net/core/fib_rules.c), of any program.
/// </summary>
public sealed record KernelRoutingRule(IpFamily Family, int Preference, KernelRoutingAction Action)
{
    public bool Inverted { get; init; }

    public Cidr? From { get; init; }

    public Cidr? To { get; init; }

    public string? Iif { get; init; }

    /// <summary>Its <see cref="Iif"/> does not exist now, so it matches nothing.</summary>
    public bool IsDetached { get; init; }

    public FwMark? FwMark { get; init; }

    /// <summary>An IP protocol's number.</summary>
    public int? IpProtocol { get; init; }

    public PortRange? SourcePort { get; init; }

    public PortRange? DestinationPort { get; init; }

    /// <summary>
    /// Criteria that no packet of a container meets (oif, tos, tun_id, l3mdev, uidrange without root), as text.
    /// </summary>
    public string? NeverForwarded { get; init; }

    public int Table { get; init; }

    /// <summary>
    /// The preference to which a <see cref="KernelRoutingAction.Goto"/> leads; null for other actions. Without a rule
    /// there, the kernel goes on with the next one.
    /// </summary>
    public int? Target { get; init; }

    public int? SuppressPrefixLength { get; init; }

    public string? SuppressGroup { get; init; }

    public int Protocol { get; init; }

    /// <summary>The command that adds the rule by hand.</summary>
    public string CommandLine => $"ip -{(int)Family} rule add {Text}";

    public string Text
    {
        get
        {
            StringBuilder text = new(64);
            text.Append(CultureInfo.InvariantCulture, $"pref {Preference}");
            Append(text, Inverted ? " not" : "");
            Append(text, From is null ? "" : $" from {From}");
            Append(text, To is null ? "" : $" to {To}");
            Append(text, Iif is null ? "" : $" iif {Iif}");
            Append(text, FwMark is null ? "" : $" fwmark {FwMark}");
            Append(text, NeverForwarded is null ? "" : $" {NeverForwarded}");
            Append(text, IpProtocol is null ? "" : $" ipproto {IpProtocol}");
            Append(text, SourcePort is null ? "" : $" sport {SourcePort}");
            Append(text, DestinationPort is null ? "" : $" dport {DestinationPort}");
            Append(text, Action switch
            {
                KernelRoutingAction.Lookup => $" lookup {KernelTable.NameOf(Table)}",
                KernelRoutingAction.Goto => $" goto {Target}",
                _ => $" {Action.ToString().ToLowerInvariant()}",
            });
            Append(text, SuppressPrefixLength is null ? "" : $" suppress_prefixlength {SuppressPrefixLength}");
            Append(text, SuppressGroup is null ? "" : $" suppress_ifgroup {SuppressGroup}");
            Append(text, Protocol is 0 ? "" : $" protocol {Protocol}");
            return text.ToString();
        }
    }

    private static void Append(StringBuilder text, string part) => text.Append(part);
}
