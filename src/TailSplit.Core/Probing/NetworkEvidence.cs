using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>The packets that were sent from one policy's network.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Bridge">The bridge by which they should enter the host.</param>
/// <param name="Container">The container that sent them; null for a namespace of TailSplit.</param>
/// <param name="Sent">The probes.</param>
public sealed record NetworkEvidence(
    Policy Policy, InterfaceName Bridge, string? Container, ImmutableArray<SentProbe> Sent);
