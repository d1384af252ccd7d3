using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Execution.Probing;

/// <summary>Where the probes of a policy are sent from.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Bridge">The bridge that the probes enter the host by.</param>
/// <param name="Container">The container whose namespace is used; null for a new namespace on the bridge.</param>
/// <param name="Families">The address families of the network.</param>
/// <param name="Space">The namespace that sends the probes.</param>
internal sealed record ProbeOrigin(
    Policy Policy, InterfaceName Bridge, string? Container, ImmutableArray<IpFamily> Families, IProbeSpace Space);
