using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;

namespace TailSplit.Execution.Firewall;

/// <summary>What the firewall of a host holds, as far as it could be read.</summary>
/// <param name="Iptables">What iptables-save and ip6tables-save printed.</param>
/// <param name="Tools">The programs that read and write each family.</param>
/// <param name="Nftables">What TailSplit's own table of nf_tables holds.</param>
/// <param name="Backends">What of it can be used.</param>
internal sealed record FirewallReading(
    IReadOnlyDictionary<IpFamily, SavedRuleset> Iptables,
    ImmutableDictionary<IpFamily, FirewallTools> Tools,
    NftContent Nftables,
    FirewallBackends Backends);
