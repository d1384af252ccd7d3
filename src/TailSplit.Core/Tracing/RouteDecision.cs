using TailSplit.Core.Kernel;

namespace TailSplit.Core.Tracing;

/// <summary>What routing does with a packet.</summary>
public enum RouteOutcome
{
    /// <summary>Sends it on, by the next hop of the route.</summary>
    Forward,

    /// <summary>Hands it to the host itself.</summary>
    Deliver,

    /// <summary>Refuses it, with an ICMP error.</summary>
    Refuse,

    /// <summary>Discards it without an answer.</summary>
    Discard,

    /// <summary>No ip rule leads to a route; an ICMP error says so.</summary>
    NoRoute,
}

/// <summary>The answer of policy routing: the ip rule and the route that decide.</summary>
public sealed record RouteDecision(RouteOutcome Outcome, KernelRoutingRule? Rule = null, LiveRoute? Route = null)
{
    /// <summary>The interface by which the packet goes; null if it goes nowhere.</summary>
    public string? Device => Outcome is RouteOutcome.Forward ? Route!.NextHops[0].Device : null;
}
