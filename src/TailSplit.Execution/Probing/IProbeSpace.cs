using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;

namespace TailSplit.Execution.Probing;

/// <summary>A network that probes are sent from.</summary>
public interface IProbeSpace : IAsyncDisposable
{
    /// <summary>Hands all of them to the kernel, at once.</summary>
    /// <param name="probes">What to send.</param>
    /// <param name="hopLimit">How many routers they may pass, the last of which ends them.</param>
    /// <param name="mark">A firewall mark to send them with.</param>
    ImmutableArray<SentProbe> Send(IEnumerable<Probe> probes, int hopLimit, FwMark? mark = null);
}
