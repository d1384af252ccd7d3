using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;

namespace TailSplit.Execution.Probing;

/// <summary>A network namespace that probes are sent from.</summary>
public interface IProbeSpace : IAsyncDisposable
{
    /// <summary>Sends all probes at once.</summary>
    /// <param name="probes">The probes.</param>
    /// <param name="hopLimit">The TTL or hop limit: the router at that distance drops the probe.</param>
    /// <param name="mark">The firewall mark of the packets; null for none.</param>
    ImmutableArray<SentProbe> Send(IEnumerable<Probe> probes, int hopLimit, FwMark? mark = null);
}
