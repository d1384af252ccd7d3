using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Tailscale;
using TailSplit.Core.Tracing;
using TailSplit.Core.Tracing.Native;

namespace TailSplit.Execution.Hosts;

/// <summary>A host that was read once, for traces of any number of packets.</summary>
public sealed class TraceInput
{
    private readonly IReadOnlyDictionary<IpFamily, ImmutableArray<LiveRoute>> _routes;
    private readonly Dictionary<Rule, RuleOwner?> _owners = [];
    private readonly KernelSettings _kernel;
    private readonly NativeView _native;

    internal TraceInput(
        HostState state, IReadOnlyDictionary<IpFamily, ImmutableArray<LiveRoute>> routes, NativeView native,
        KernelSettings kernel)
    {
        State = state;
        _native = native with { Unseen = [.. native.Unseen, .. UnseenIptables(state)] };
        _kernel = kernel;
        _routes = routes;
        foreach (OwnedRule rule in state.Policies.SelectMany(policy => policy.Rules))
            _owners.TryAdd(rule.Rule, rule.Owner);
    }

    public HostState State { get; }

    // Without the programs of iptables, no program has written its rules.
    private static IEnumerable<string> UnseenIptables(HostState state)
    {
        if (state.Backends.IptablesTrouble is { Kind: not FailureKind.NotInstalled } trouble)
            yield return $"the rules of iptables: {trouble.Message}";

        if (state.LeftBehindUnseen is string unseen)
            yield return $"the rules of the other iptables store: {unseen}";
    }

    /// <summary>Traces a packet that comes from a network.</summary>
    public PacketTrace Trace(Packet packet, TraceNetwork network)
    {
        PacketTrace trace = PacketTracer.Trace(For(packet.Family, network.Bridge), packet, network.Subnets);
        return State.Interfaces.Any(link => link.Name == network.Bridge.ToString())
            ? trace
            : trace.WithUnsure($"the interface {network.Bridge} is not there now, so nothing comes in by it");
    }

    /// <summary>The rules and settings for packets of a family that enter by a bridge.</summary>
    public TraceHost For(IpFamily family, InterfaceName bridge) => new(family)
    {
        Firewall = State.FirewallUnread is null ? State.Live.Iptables.Saved(family) : null,
        Store = State.ToolsOf(family).Store,
        OtherFirewall = State.Other.Iptables.Saved(family),
        // Without root the trace has no firewall, and says so.
        Native = State.FirewallUnread is null ? _native : NativeView.Nothing,
        Rules = [.. State.Live.AllRouting.Where(rule => rule.Family == family)],
        Routes = _routes.GetValueOrDefault(family, []),
        Owners = _owners,
        Tunnel = State.Tunnel ?? TunnelNames.Usual,
        Settings = _kernel.ReadBridge(family, bridge),
    };
}
