namespace TailSplit.Core.Rules;

/// <summary>What an ip rule does with a packet that it matches (ip-rule(8)).</summary>
public enum RoutingAction
{
    /// <summary>Look up the destination in a table; without a route there, continue with the next rule.</summary>
    Lookup,

    /// <summary>Refuse it: "Packet filtered" by ICMP, EACCES to a local sender.</summary>
    Prohibit,

    /// <summary>Discard it without an answer.</summary>
    Blackhole,

    /// <summary>"Network unreachable", as from a host without a route.</summary>
    Unreachable,

    /// <summary>Continue with the first rule of another preference; without one there, with the next rule.</summary>
    Goto,
}
