using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>What the probes of one network to one target did: those of them that fared alike.</summary>
public sealed record ProbeFinding
{
    public required Policy Policy { get; init; }

    public required IPAddress Target { get; init; }

    /// <summary>The bridge of the policy's network.</summary>
    public required InterfaceName Bridge { get; init; }

    /// <summary>The container that they were sent from; null for a namespace of our own on the bridge.</summary>
    public string? Container { get; init; }

    /// <summary>Such as "UDP 53/443".</summary>
    public required ImmutableArray<string> Services { get; init; }

    /// <summary>What became of them; null where they were not even seen to enter the host.</summary>
    public Egress? Egress { get; init; }

    /// <summary>By which interfaces they left.</summary>
    public ImmutableArray<string> Interfaces { get; init; } = [];

    /// <summary>Why the kernel did not take them; null where it did.</summary>
    public string? Error { get; init; }

    /// <summary>The bridge by which they came, where it is not that of the policy.</summary>
    public string? Detour { get; init; }

    public required HostControl Host { get; init; }
}
