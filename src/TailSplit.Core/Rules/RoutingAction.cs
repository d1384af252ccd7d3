namespace TailSplit.Core.Rules;

/// <summary>What an ip rule does with a packet that it matches (ip-rule(8)).</summary>
public enum RoutingAction
{
    /// <summary>Look the destination up in a table; without an answer there, go on with the next rule.</summary>
    Lookup,

    /// <summary>Refuse it: "Packet filtered" by ICMP, EACCES to a local sender.</summary>
    Prohibit,

    /// <summary>Discard it without an answer.</summary>
    Blackhole,

    /// <summary>"Network unreachable", as a host says that has no route.</summary>
    Unreachable,

    /// <summary>Go on with the first rule of another preference; without one there, with the next rule.</summary>
    Goto,
}
