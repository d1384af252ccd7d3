using System.Collections.Immutable;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Tracing.Native;

namespace TailSplit.Core.Tracing.Walk;

/// <summary>The part of a host that decides about a packet of one family from one bridge.</summary>
public sealed record TraceHost(IpFamily Family)
{
    /// <summary>The family's iptables; null if they could not be read.</summary>
    public SavedRuleset? Firewall { get; init; }

    /// <summary>Which store of iptables these rules are in; null if it is not known.</summary>
    public FirewallStore? Store { get; init; }

    /// <summary>The rules of the other store, which are in force too.</summary>
    public SavedRuleset OtherFirewall { get; init; } = SavedRuleset.Empty;

    /// <summary>The tables of nft, and what of them could not be seen.</summary>
    public NativeView Native { get; init; } = NativeView.Nothing;

    /// <summary>All ip rules of the family, in the kernel's order.</summary>
    public required ImmutableArray<LiveRoutingRule> Rules { get; init; }

    /// <summary>All routes of the family, of every table.</summary>
    public required ImmutableArray<LiveRoute> Routes { get; init; }

    /// <summary>The policies of TailSplit's ip rules, which the rules do not record.</summary>
    public IReadOnlyDictionary<Rule, RuleOwner?> Owners { get; init; } = new Dictionary<Rule, RuleOwner?>();

    public InterfaceName Tunnel { get; init; } = TunnelProvider.Tailscale.Interface;

    /// <summary>The addresses of the tunnel's own name server.</summary>
    public ImmutableArray<Cidr> NameServers { get; init; } = TunnelProvider.Tailscale.NameServers;

    public BridgeSettings Settings { get; init; } = new();
}
