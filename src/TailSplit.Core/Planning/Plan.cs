using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Planning;

/// <summary>
/// Live rules against wanted rules: what to add, remove and keep, as text for the kernel's own tools. A text that is
/// empty means that there is nothing to do there.
/// </summary>
public sealed record Plan
{
    /// <summary>Every rule that is wanted or that goes, with its action.</summary>
    public required ImmutableArray<RuleChange> Changes { get; init; }

    /// <summary>For <c>iptables-restore --noflush --counters</c>, by family.</summary>
    public required ImmutableDictionary<IpFamily, string> Restore { get; init; }

    /// <summary>For <c>nft -f -</c>, both families at once.</summary>
    public string Nftables { get; init; } = "";

    /// <summary>
    /// Whether iptables is written before nftables. The backend that takes a policy on is written first, so that a
    /// policy that moves between the backends is in both for a moment, and never in none.
    /// </summary>
    public bool IptablesFirst { get; init; }

    /// <summary>For <c>ip -batch -</c>, by family.</summary>
    public required ImmutableDictionary<IpFamily, string> Batch { get; init; }

    /// <summary>
    /// Whether routing is written before the firewall: only where the change does nothing but take rules away.
    /// Everything else closes first, and what closes is the firewall.
    /// </summary>
    public required bool RoutingFirst { get; init; }

    public bool IsEmpty => Restore.IsEmpty && Nftables.Length == 0 && Batch.IsEmpty;
}
