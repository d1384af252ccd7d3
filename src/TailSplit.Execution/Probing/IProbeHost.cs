using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Execution.Probing;

/// <summary>The host, as far as probes use it: its namespaces and its interfaces. Tests substitute their own.</summary>
public interface IProbeHost
{
    /// <summary>Why no packet can be sent; null if it can.</summary>
    string? Refusal { get; }

    /// <summary>Starts a capture on every interface of the host.</summary>
    IPacketCapture StartCapture();

    /// <summary>Opens the host's own network namespace.</summary>
    IProbeSpace OpenHost();

    /// <summary>Opens the network namespace of a process; null if it has ended, or shares the host's.</summary>
    IProbeSpace? TryOpenProcess(int processId);

    /// <summary>Creates a network namespace on a bridge, which disposing removes.</summary>
    /// <param name="bridge">The bridge.</param>
    /// <param name="addresses">Its addresses, with the prefix length of the subnet.</param>
    /// <param name="targets">The addresses that it can send to.</param>
    /// <param name="cancellationToken">Stops it, and removes what was created.</param>
    Task<IProbeSpace> AttachAsync(
        InterfaceName bridge,
        ImmutableArray<(IPAddress Address, int PrefixLength)> addresses,
        ImmutableArray<IPAddress> targets,
        CancellationToken cancellationToken);
}
