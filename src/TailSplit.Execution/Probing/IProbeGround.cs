using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Execution.Probing;

/// <summary>Where packets are really sent and seen. The seam at which tests put a host of their own.</summary>
public interface IProbeGround
{
    /// <summary>Why nothing can be sent here; null where it can.</summary>
    string? Refusal { get; }

    /// <summary>Begins to watch every interface of the host.</summary>
    IPacketCapture StartCapture();

    /// <summary>The host itself.</summary>
    IProbeSpace OpenHost();

    /// <summary>The network of a process; null where it is gone, or has no network of its own.</summary>
    IProbeSpace? TryOpenProcess(int processId);

    /// <summary>A network of its own on a bridge, which is gone once it is disposed.</summary>
    /// <param name="bridge">The bridge.</param>
    /// <param name="addresses">Its addresses there, with the length of the subnet.</param>
    /// <param name="targets">Where it is going to send to.</param>
    /// <param name="cancellationToken">Stops it; what was made until then is taken down.</param>
    Task<IProbeSpace> AttachAsync(
        InterfaceName bridge,
        ImmutableArray<(IPAddress Address, int PrefixLength)> addresses,
        ImmutableArray<IPAddress> targets,
        CancellationToken cancellationToken);
}
