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

    /// <summary>For <c>ip -batch -</c>, by family.</summary>
    public required ImmutableDictionary<IpFamily, string> Batch { get; init; }

    /// <summary>
    /// Whether routing is written before the firewall: only where the change does nothing but take rules away.
    /// Everything else closes first, and what closes is the firewall.
    /// </summary>
    public required bool RoutingFirst { get; init; }

    public bool IsEmpty => Restore.IsEmpty && Batch.IsEmpty;
}
