using System.Collections.Immutable;
using TailSplit.Core.Probing;

namespace TailSplit.Execution.Probing;

/// <summary>Watches every interface of the host.</summary>
public interface IPacketCapture : IDisposable
{
    /// <summary>What was seen until now.</summary>
    ImmutableArray<CapturedProbe> CapturedProbes { get; }

    /// <summary>How many packets there was no room for.</summary>
    long Lost { get; }
}
