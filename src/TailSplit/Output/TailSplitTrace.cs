using System.Globalization;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing;

namespace TailSplit.Output;

/// <summary>Where a packet of a network would go, and why.</summary>
public sealed class TailSplitTrace
{
    internal TailSplitTrace(string network, Packet packet, PacketTrace trace, RouteAnswer? kernel)
    {
        Network = network;
        Source = packet.Source.ToString();
        Destination = packet.Destination.ToString();
        Protocol = packet.Protocol;
        Port = packet.Protocol == PacketProtocol.Icmp ? null : packet.Port;
        Egress = trace.Egress;
        Interface = trace.Interface;
        Verdict = trace.End switch
        {
            TraceEnd.Leaves => $"{trace.Egress} by {trace.Interface}",
            TraceEnd.Blocked => "Blocked",
            TraceEnd.StaysOnBridge => $"Stays on {trace.Interface}",
            TraceEnd.Delivered => "Delivered to the host",
            _ => throw new ArgumentOutOfRangeException(nameof(trace)),
        };
        Detail = trace.Detail;
        Rule = trace.Responsible;
        Policy = trace.Responsible?.Policy;
        Mark = trace.Mark == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"0x{trace.Mark:x}");
        RoutingRule = trace.Routed?.Rule?.CommandLine;
        Route = trace.Routed?.Route?.ToString();
        Table = trace.Routed?.Route is LiveRoute route ? LiveRoute.NameOf(route.Table) : null;
        Kernel = kernel?.Text;
        Steps = [.. trace.Steps];
        Unsure = [.. trace.Unsure];
        Remarks = [.. trace.Remarks];
    }

    /// <summary>The Docker network, or the bridge of one that was given by hand.</summary>
    public string Network { get; }

    public string Source { get; }

    public string Destination { get; }

    public PacketProtocol Protocol { get; }

    /// <summary>The destination port; null for ICMP.</summary>
    public int? Port { get; }

    /// <summary>
    /// How it leaves the host; null where it does not leave it: for its own network and for the host itself.
    /// </summary>
    public Egress? Egress { get; }

    /// <summary>The interface by which it leaves, or on which it stays; null where it is stopped.</summary>
    public string? Interface { get; }

    /// <summary>The same in words: <c>Direct by eth0</c>, <c>Tunnel by tailscale0</c>, <c>Blocked</c>.</summary>
    public string Verdict { get; }

    /// <summary>What the responsible rule does with it, or what else decided.</summary>
    public string Detail { get; }

    /// <summary>The one rule responsible; null where there is none.</summary>
    public TraceStep? Rule { get; }

    /// <summary>The policy of that rule; null where it is not TailSplit's, or all policies share it.</summary>
    public string? Policy { get; }

    /// <summary>The packet's mark when it was routed; null for none.</summary>
    public string? Mark { get; }

    /// <summary>The ip rule that decides its route; null where it was not routed.</summary>
    public string? RoutingRule { get; }

    /// <summary>The table in which the route is.</summary>
    public string? Table { get; }

    public string? Route { get; }

    /// <summary>
    /// The kernel's own answer (ip route get) about the same packet and mark; null where it was not routed.
    /// </summary>
    public string? Kernel { get; }

    /// <summary>Each rule of TailSplit's on the way, matched or not, and other programs' that matter.</summary>
    public TraceStep[] Steps { get; }

    /// <summary>What could not be told; empty for a trace that is sure.</summary>
    public string[] Unsure { get; }

    /// <summary>What was not looked at, where nothing says that it matters; empty on most hosts.</summary>
    public string[] Remarks { get; }

    public override string ToString() => $"{Destination}: {Verdict}";
}
