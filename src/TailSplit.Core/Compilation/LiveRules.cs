using System.Collections.Immutable;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>Everything the kernel holds that decides about a plan.</summary>
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
    {
        Iptables = new LiveIptables(iptables);
        Nftables = nftables ?? NftContent.None;
        AllRouting = [.. routing];
        Routing = [.. AllRouting.Select(rule => rule.Own).OfType<RoutingRule>()];
        _firewall = new(() => [.. IptablesMeaning.Of(Iptables), .. Nftables.Rules]);
    }

    /// <summary>A host on which nothing of TailSplit's is in force, as far as can be seen.</summary>
    public static LiveRules None { get; } = new(new Dictionary<IpFamily, SavedRuleset>(), []);

    public LiveIptables Iptables { get; }

    public NftContent Nftables { get; }

    /// <summary>Every ip rule of the host.</summary>
    public ImmutableArray<LiveRoutingRule> AllRouting { get; }

    /// <summary>The ip rules that are ours.</summary>
    public ImmutableArray<RoutingRule> Routing { get; }

    /// <summary>All rules of TailSplit's in the firewall, whatever wrote it.</summary>
    public ImmutableArray<LiveFirewallRule> Firewall => _firewall.Value;

    /// <summary>Whether TailSplit has anything there.</summary>
    public bool HasOwn => Iptables.HasOwn || Nftables.HasOwn || !Routing.IsEmpty;
}
