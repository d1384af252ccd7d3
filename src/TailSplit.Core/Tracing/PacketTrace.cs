using System.Collections.Immutable;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing;

/// <summary>How a packet's way through the host ends.</summary>
public enum TraceEnd
{
    /// <summary>It leaves, by the ISP, the LAN, another network or the tunnel.</summary>
    Leaves,

    /// <summary>A rule, a route or a setting stops it.</summary>
    Blocked,

    /// <summary>It never leaves its own network.</summary>
    StaysOnBridge,

    /// <summary>It is for the host itself.</summary>
    Delivered,
}

/// <summary>A packet's way through the host, and the rules that decided.</summary>
public sealed record PacketTrace(TraceEnd End, string Detail)
{
    /// <summary>How it leaves; null if it neither leaves nor is stopped.</summary>
    public Egress? Egress { get; init; }

    /// <summary>By which interface; null if it is stopped.</summary>
    public string? Interface { get; init; }

    /// <summary>The responsible rule; null for none, such as without a route.</summary>
    public TraceStep? Responsible { get; init; }

    /// <summary>The packet as routing saw it; null if it did not reach routing.</summary>
    public Packet? AtRouting { get; init; }

    /// <summary>What routing decided about it.</summary>
    public RouteDecision? Routed { get; init; }

    public ImmutableArray<TraceStep> Steps { get; init; } = [];

    /// <summary>What could not be evaluated, a line each; empty for a certain trace.</summary>
    public ImmutableArray<string> Unsure { get; init; } = [];

    /// <summary>Whether something unsure could send it another way by routing.</summary>
    internal bool HasUnsureRouting { get; init; }

    /// <summary>Whether something unsure could do more than stop it, at any point.</summary>
    internal bool HasUnsureWay { get; init; }

    /// <summary>What was not read and probably does not matter, a line each.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];

    /// <summary>The mark that it carried when it was routed.</summary>
    public uint Mark => AtRouting?.Mark ?? 0;

    /// <summary>The same trace with one more thing that could not be evaluated.</summary>
    public PacketTrace WithUnsure(string reason) => this with { Unsure = Unsure.Add(reason) };

    /// <summary>How the kernel's answer about the same packet contradicts the trace; null if it agrees.</summary>
    public string? Contradiction(RouteAnswer answer) => AgreesWith(answer)
        ? null
        : $"the kernel itself says '{answer}', which differs from the result of the rules that were read";

    /// <summary>Whether the kernel, asked about the same packet, says the same.</summary>
    public bool AgreesWith(RouteAnswer answer) => Routed switch
    {
        null => true,
        { Outcome: RouteOutcome.Forward, Route: LiveRoute route } => !answer.IsLocal
            && route.NextHops.Any(hop => hop.Device == answer.Device),
        { Outcome: RouteOutcome.Deliver } => answer.IsLocal,
        _ => answer.IsRefusal,
    };
}
