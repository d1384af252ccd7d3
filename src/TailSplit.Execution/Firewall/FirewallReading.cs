using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;

namespace TailSplit.Execution.Firewall;

/// <summary>The rules of a host's firewall, as far as they could be read.</summary>
/// <param name="Iptables">The rules that iptables-save and ip6tables-save printed.</param>
/// <param name="Tools">The programs that read and write each family.</param>
/// <param name="Nftables">The content of TailSplit's own nftables table.</param>
/// <param name="Backends">The backends that can be used.</param>
internal sealed record FirewallReading(
    IReadOnlyDictionary<IpFamily, SavedRuleset> Iptables,
    ImmutableDictionary<IpFamily, FirewallTools> Tools,
    NftContent Nftables,
    FirewallBackends Backends);
