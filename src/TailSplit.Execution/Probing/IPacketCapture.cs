using System.Collections.Immutable;
using TailSplit.Core.Probing;

namespace TailSplit.Execution.Probing;

/// <summary>Captures probes on every interface of the host.</summary>
public interface IPacketCapture : IDisposable
{
    /// <summary>The probes captured so far.</summary>
    ImmutableArray<CapturedProbe> CapturedProbes { get; }

    /// <summary>How many packets the kernel dropped because the socket buffer was full.</summary>
    long Lost { get; }
}
