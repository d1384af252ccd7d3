using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Execution.Probing;

/// <summary>Where the probes of a policy are sent from.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Bridge">The bridge of its network, by which they should come.</param>
/// <param name="Container">The container whose network it is; null for one of our own on the bridge.</param>
/// <param name="Families">The families that the network has.</param>
/// <param name="Space">The network that they are sent from.</param>
internal sealed record ProbeOrigin(
    Policy Policy, InterfaceName Bridge, string? Container, ImmutableArray<IpFamily> Families, IProbeSpace Space);
