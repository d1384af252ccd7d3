using System.Globalization;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing;

namespace TailSplit.Output;

/// <summary>The path of a packet of a network, and the rule that decides it.</summary>
public sealed class TailSplitTrace
{
    internal TailSplitTrace(string network, Packet packet, PacketTrace trace, RouteAnswer? kernel)
    {
        Network = network;
        Source = packet.Source.ToString();
        Destination = packet.Destination.ToString();
        Protocol = packet.Protocol;
        Port = packet.HasPorts ? packet.Port : null;
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
        Table = trace.Routed?.Route is LiveRoute route ? KernelTable.NameOf(route.Table) : null;
        Kernel = kernel?.Text;
        Steps = [.. trace.Steps];
        Unsure = [.. trace.Unsure];
        Remarks = [.. trace.Remarks];
    }

    /// <summary>The Docker network, or the given bridge.</summary>
    public string Network { get; }

    public string Source { get; }

    public string Destination { get; }

    public PacketProtocol Protocol { get; }

    /// <summary>The destination port; null for ICMP.</summary>
    public int? Port { get; }

    /// <summary>How the packet leaves the host; null if it stays in its network or is for the host itself.</summary>
    public Egress? Egress { get; }

    /// <summary>The interface by which it leaves, or on which it stays; null if it is blocked.</summary>
    public string? Interface { get; }

    /// <summary>The same in words: <c>Direct by eth0</c>, <c>Tunnel by tailscale0</c>, <c>Blocked</c>.</summary>
    public string Verdict { get; }

    /// <summary>The verdict of the deciding rule, or what else decides.</summary>
    public string Detail { get; }

    /// <summary>The rule that decides; null if none does.</summary>
    public TraceStep? Rule { get; }

    /// <summary>The policy of that rule; null for a foreign rule, or one that all policies share.</summary>
    public string? Policy { get; }

    /// <summary>The mark of the packet when it is routed; null for none.</summary>
    public string? Mark { get; }

    /// <summary>The ip rule that selects its route; null if it is not routed.</summary>
    public string? RoutingRule { get; }

    /// <summary>The routing table of the route.</summary>
    public string? Table { get; }

    public string? Route { get; }

    /// <summary>
    /// The kernel's own answer (ip route get) for the same packet and mark; null if it is not routed.
    /// </summary>
    public string? Kernel { get; }

    /// <summary>Each rule of TailSplit on the path, matched or not, and foreign rules that affect the packet.</summary>
    public TraceStep[] Steps { get; }

    /// <summary>What the trace could not determine; empty for a certain trace.</summary>
    public string[] Unsure { get; }

    /// <summary>What the trace does not cover, without a sign that it matters; empty on most hosts.</summary>
    public string[] Remarks { get; }

    public override string ToString() => $"{Destination}: {Verdict}";
}
