using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Planning;

/// <summary>
/// The difference between live and wanted rules, as texts for the kernel's own tools. An empty text means that nothing
/// changes there.
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
    /// Whether iptables is written before nftables. The new backend of a policy is written first, so a policy that
    /// moves is in both for a moment, and never in none.
    /// </summary>
    public bool IptablesFirst { get; init; }

    /// <summary>For <c>ip -batch -</c>, by family.</summary>
    public required ImmutableDictionary<IpFamily, string> Batch { get; init; }

    /// <summary>
    /// Whether routing is written before the firewall: only if the change just removes rules. Any other change writes
    /// the firewall first, which closes.
    /// </summary>
    public required bool RoutingFirst { get; init; }

    public bool IsEmpty => Restore.IsEmpty && Nftables.Length == 0 && Batch.IsEmpty;
}
