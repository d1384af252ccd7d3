using System.Collections.Immutable;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Tracing.Walk;

/// <summary>
/// Follows a packet of a connection through the host, as netfilter and routing would: all chains of
/// prerouting, the ip rules, then forward and postrouting, or input. It uses only what was read and sends no packet.
/// </summary>
public sealed class PacketTracer
{
    private const string MagicDns =
        "; tailscaled forwards the query from the host: by the exit node if one is active, otherwise in clear";

    private readonly TraceHost _host;
    private readonly Packet _sent;
    private readonly AddressTypes _types;
    private readonly PolicyRouting _routing;
    private readonly TraceLog _log;
    private readonly FirewallWalk _firewall;
    private bool _hasUnsureRouting;

    private PacketTracer(TraceGround ground, Packet packet, bool isBrief)
    {
        _host = ground.Host;
        _sent = packet;
        _types = ground.Types;
        _log = new TraceLog(_host.Owners, ground.Own) { IsBrief = isBrief };
        _routing = ground.Routing;
        _firewall = new FirewallWalk(ground.Chains, _log);
        foreach (string unseen in ground.Unseen)
            _log.AddUnsure(unseen);
    }

    /// <param name="host">What decides.</param>
    /// <param name="packet">The packet as its container sends it.</param>
    /// <param name="network">The subnets of the container's network.</param>
    public static PacketTrace Trace(TraceHost host, Packet packet, ImmutableArray<Cidr> network) =>
        Trace(new TraceGround(host), packet, network);

    /// <param name="ground">What decides.</param>
    /// <param name="packet">The packet as its container sends it.</param>
    /// <param name="network">The subnets of the container's network.</param>
    /// <param name="isBrief">Whether steps may be left out.</param>
    internal static PacketTrace Trace(
        TraceGround ground, Packet packet, ImmutableArray<Cidr> network, bool isBrief = false)
    {
        PacketTracer tracer = new(ground, packet, isBrief);
        PacketTrace trace = tracer.StaysOnBridge(network) ? tracer.Bridged() : tracer.Routed();
        return trace with
        {
            Steps = [.. tracer._log.Steps],
            Unsure = [.. tracer._log.Unsure],
            HasUnsureRouting = tracer._hasUnsureRouting,
            HasUnsureWay = tracer._log.HasUnsureWay,
            Remarks = ground.Host.Native.Remarks,
        };
    }

    private bool StaysOnBridge(ImmutableArray<Cidr> network) =>
        _types.Of(_sent.Destination) == RouteKind.Unicast
        && (_sent.Destination.IsIPv6LinkLocal || network.Any(subnet => subnet.Contains(_sent.Destination)));

    // Neighbours reach each other by the bridge itself; only br_netfilter shows their packets to the firewall
    // (libnetwork, enable_icc).
    private PacketTrace Bridged()
    {
        return !_host.Settings.BridgedCrossFirewall || CrossesFirewall()
            ? new PacketTrace(
                TraceEnd.StaysOnBridge,
                "its own network: neighbours talk over the bridge, where no ip rule applies")
            { Interface = _sent.In }
            : Blocked(_log.Last);
    }

    private bool CrossesFirewall()
    {
        Packet packet = _sent;
        if (!_firewall.Passes(Hook.Prerouting, ref packet, isTranslated: false))
            return false;

        packet = packet with { Out = _sent.In };
        if (!_firewall.Passes(Hook.Forward, ref packet))
            return false;

        // Behind the bridge's own forwarding there is no interface by which it came (br_netfilter, br_nf_post_routing).
        packet = packet with { In = "" };
        return _firewall.Passes(Hook.Postrouting, ref packet);
    }

    private PacketTrace Routed()
    {
        Packet packet = _sent;
        if (!_firewall.Passes(Hook.Prerouting, ref packet))
            return Blocked(_log.Last);

        RouteDecision decision = _routing.Decide(packet, _log);
        _hasUnsureRouting = _log.HasUnsureWay;
        TraceStep? responsible = Responsible(packet, decision);
        bool isWay = decision.Outcome is RouteOutcome.Forward or RouteOutcome.Deliver;
        if (isWay
            && (ReversePath.Refusal(packet, decision.Device, _routing, _host.Settings)
                    ?? NotForwarding(decision)) is TraceStep refusal)
        {
            bool checkedByKernel = packet.Family == IpFamily.IPv4;
            return Blocked(_log.Add(refusal)) with
            {
                AtRouting = packet,
                Routed = checkedByKernel ? decision with { Outcome = RouteOutcome.Discard } : decision,
            };
        }

        PacketTrace trace = decision.Outcome switch
        {
            RouteOutcome.Forward => Forward(packet, decision, responsible),
            RouteOutcome.Deliver => Deliver(packet, responsible),
            RouteOutcome.NoRoute => new PacketTrace(
                TraceEnd.Blocked, "no ip rule leads to a route for it")
            { Egress = Egress.Blocked },
            _ => Blocked(responsible),
        };
        return trace with { AtRouting = packet, Routed = decision };
    }

    private PacketTrace Forward(Packet packet, RouteDecision decision, TraceStep? responsible)
    {
        string device = decision.Device!;
        if (decision.Route!.NextHops.Any(hop => hop.Device != device))
        {
            _log.AddUnsure($"which of several next hops it takes: {decision.Route}");
            _hasUnsureRouting = true;
        }

        packet = packet with { Out = device };
        if (!_firewall.Passes(Hook.Forward, ref packet) || !_firewall.Passes(Hook.Postrouting, ref packet))
            return Blocked(_log.Last);

        bool tunnelled = device == _host.Tunnel.ToString();
        return new PacketTrace(
            TraceEnd.Leaves, (responsible?.Effect ?? "") + (tunnelled && IsMagicDns(packet) ? MagicDns : ""))
        {
            Egress = tunnelled ? Egress.Tunnel : Egress.Direct,
            Interface = device,
            Responsible = responsible,
        };
    }

    private PacketTrace Deliver(Packet packet, TraceStep? responsible) =>
        _firewall.Passes(Hook.Input, ref packet)
            ? new PacketTrace(
                TraceEnd.Delivered,
                $"{packet.Destination} is the host itself")
            { Interface = packet.In, Responsible = responsible }
            : Blocked(_log.Last);

    private TraceStep? NotForwarding(RouteDecision decision) =>
        decision.Outcome != RouteOutcome.Forward || _host.Settings.Forwards
        ? null
        : new TraceStep
        {
            Layer = RuleLayer.Routing,
            CommandLine = _host.Family == IpFamily.IPv4
                ? "sysctl -w net.ipv4.ip_forward=0"
                : "sysctl -w net.ipv6.conf.all.forwarding=0",
            Matched = true,
            Effect = "the host forwards nothing",
        };

    // The rule that set the mark is responsible where without the mark another ip rule would have decided.
    private TraceStep? Responsible(Packet packet, RouteDecision decision)
    {
        TraceStep? last = decision.Rule is null ? null : _log.Last;
        return _firewall.MarkedBy is TraceStep marked
            && _routing.Decide(packet with { Mark = _sent.Mark }).Rule != decision.Rule
            ? marked
            : last;
    }

    // tailscaled takes the query from the tunnel's interface and forwards it itself (tailscale net/dns).
    private bool IsMagicDns(Packet packet) =>
        packet.Port == ServicePort.Dns && _host.NameServers.Contains(Cidr.Of(packet.Destination));

    private static PacketTrace Blocked(TraceStep? responsible) =>
        new(TraceEnd.Blocked, responsible?.Effect ?? "") { Egress = Egress.Blocked, Responsible = responsible };
}
