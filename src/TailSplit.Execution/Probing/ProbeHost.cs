using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Execution.Probing;

/// <summary>Sends and captures packets on this machine.</summary>
public sealed class ProbeHost(Machine machine) : IProbeHost
{
    public string? Refusal => machine.IsRoot
        ? null
        : "sending probes from a network and capturing them on the host needs root";

    public IPacketCapture StartCapture() => new PacketCapture();

    public IProbeSpace OpenHost() => NetworkSpace.Host;

    public IProbeSpace? TryOpenProcess(int processId) => NetworkSpace.TryOpen(processId);

    public Task<IProbeSpace> AttachAsync(
        InterfaceName bridge,
        ImmutableArray<(IPAddress Address, int PrefixLength)> addresses,
        ImmutableArray<IPAddress> targets,
        CancellationToken cancellationToken) =>
        BridgeSpace.AttachAsync(machine.Programs, bridge, addresses, targets, cancellationToken);
}
