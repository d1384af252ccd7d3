using System.Collections.Immutable;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>Everything in the kernel that a plan depends on.</summary>
public sealed class LiveRules
{
    private readonly Lazy<ImmutableArray<LiveFirewallRule>> _firewall;

    /// <param name="iptables">What iptables-save and ip6tables-save printed; a family that is missing has no
    /// rules.</param>
    /// <param name="routing">What ip rule printed, for all families.</param>
    /// <param name="nftables">What TailSplit's own table of nf_tables holds; null for nothing.</param>
    public LiveRules(
        IReadOnlyDictionary<IpFamily, SavedRuleset> iptables, IEnumerable<LiveRoutingRule> routing,
        NftContent? nftables = null)
        : this(new LiveIptables(iptables), [.. routing], nftables ?? NftContent.None)
    {
    }

    private LiveRules(LiveIptables iptables, ImmutableArray<LiveRoutingRule> routing, NftContent nftables)
    {
        Iptables = iptables;
        Nftables = nftables;
        AllRouting = routing;
        Routing = [.. AllRouting.Select(rule => rule.Own).OfType<RoutingRule>()];
        _firewall = new(() => [.. IptablesMeaning.Of(Iptables), .. Nftables.Rules]);
    }

    /// <summary>A host without rules.</summary>
    public static LiveRules None { get; } = new(new Dictionary<IpFamily, SavedRuleset>(), []);

    public LiveIptables Iptables { get; }

    public NftContent Nftables { get; }

    /// <summary>Every ip rule of the host.</summary>
    public ImmutableArray<LiveRoutingRule> AllRouting { get; }

    /// <summary>TailSplit's ip rules.</summary>
    public ImmutableArray<RoutingRule> Routing { get; }

    /// <summary>All firewall rules of TailSplit, of both backends.</summary>
    public ImmutableArray<LiveFirewallRule> Firewall => _firewall.Value;

    /// <summary>Whether any of them is of TailSplit.</summary>
    public bool HasOwn => Iptables.HasOwn || Nftables.HasOwn || !Routing.IsEmpty;

    /// <summary>These rules with the parts that were read again; a part of the firewall that is null stays.</summary>
    public LiveRules With(
        IReadOnlyDictionary<IpFamily, SavedRuleset>? iptables,
        ImmutableArray<LiveRoutingRule> routing,
        NftContent? nftables) =>
        new(iptables is null ? Iptables : new LiveIptables(iptables), routing, nftables ?? Nftables);
}
