using System.Net;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing;

namespace TailSplit.Core.Proving;

/// <summary>One traced packet with its row of the contract.</summary>
internal sealed record Finding(Packet Packet, ContractRow Row, ProofLayer Layer, PacketTrace Trace)
{
    /// <summary>The forbidden way that it certainly takes; null for none.</summary>
    public Counterexample? Leak(Policy policy) => Trace.Unsure.IsEmpty && !IsAllowed(policy, WayOf(policy))
        ? new Counterexample(Packet, Row, Layer, Trace) { IsLeak = true }
        : null;

    /// <summary>Whether it takes the intended way of the policy.</summary>
    public bool IsAsExpected(Policy policy) => Row.Expected.HasFlag(WayOf(policy)) && Row.Expected != Ways.None;

    /// <summary>The promised way that it does not take although it exists; null otherwise.</summary>
    public Counterexample? Outage(Policy policy, PeerFinder peers) =>
        Layer == ProofLayer.Both && Row.Expected != Ways.None && Trace.Unsure.IsEmpty && !IsAsExpected(policy)
        && (Row.Expected == Ways.Tunnel ? peers.HasExitNode(Packet.Family) : peers.HasUplink(Packet.Family))
            ? new Counterexample(Packet, Row, Layer, Trace)
            : null;

    /// <summary>What could not be evaluated, where it may break the contract.</summary>
    public IEnumerable<string> Unsure(Policy policy)
    {
        if (Trace.Unsure.IsEmpty)
            return [];

        // Rules after routing can stop or accept the packet, but not send it another way.
        bool isHarmless = !Trace.HasUnsureRouting && IsAllowed(policy, WayOf(policy))
            && (!Trace.HasUnsureWay || IsAllowed(policy, RoutedWay(policy))) && Row.Allowed.HasFlag(Ways.Nowhere);
        return isHarmless ? [] : Trace.Unsure;
    }

    private bool IsAllowed(Policy policy, Ways way) => Row.Allowed.HasFlag(way)
        && (way != Ways.Tunnel || !Row.IsName || IsToServer((KillswitchPolicy)policy));

    // After the translation of the destination.
    private bool IsToServer(KillswitchPolicy policy)
    {
        IPAddress destination = Trace.AtRouting?.Destination ?? Packet.Destination;
        return policy.DnsServer.Any(server => server.Contains(destination));
    }

    private Ways WayOf(Policy policy) => Trace.End switch
    {
        TraceEnd.StaysOnBridge => Ways.Bridge,
        TraceEnd.Delivered => Ways.Host,
        TraceEnd.Leaves => By(Trace.Interface, policy),
        _ => Ways.Nowhere,
    };

    private Ways RoutedWay(Policy policy) => Trace.Routed?.Outcome switch
    {
        null => WayOf(policy),
        RouteOutcome.Forward => By(Trace.Routed.Device, policy),
        RouteOutcome.Deliver => Ways.Host,
        _ => Ways.Nowhere,
    };

    private static Ways By(string? device, Policy policy) =>
        device == policy.Tunnel.ToString() ? Ways.Tunnel
        : device == policy.Target.Bridge?.ToString() ? Ways.Bridge
        : Ways.Clear;
}
