using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>What was sent from one policy's network.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Bridge">The bridge by which it should come into the host.</param>
/// <param name="Container">The container that it was sent from; null for a namespace of our own.</param>
/// <param name="Sent">The probes.</param>
public sealed record NetworkEvidence(
    Policy Policy, InterfaceName Bridge, string? Container, ImmutableArray<SentProbe> Sent);
