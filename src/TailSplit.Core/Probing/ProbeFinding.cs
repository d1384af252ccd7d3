using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>The result of probes from one network to one target, for services with the same result.</summary>
public sealed record ProbeFinding
{
    public required Policy Policy { get; init; }

    public required IPAddress Target { get; init; }

    /// <summary>The bridge of the policy's network.</summary>
    public required InterfaceName Bridge { get; init; }

    /// <summary>The container that sent them; null for a namespace of TailSplit on the bridge.</summary>
    public string? Container { get; init; }

    /// <summary>Such as "UDP 53/443".</summary>
    public required ImmutableArray<string> Services { get; init; }

    /// <summary>How they left; null if the capture did not see them enter the host.</summary>
    public Egress? Egress { get; init; }

    /// <summary>The interfaces by which they left.</summary>
    public ImmutableArray<string> Interfaces { get; init; } = [];

    /// <summary>Why the kernel did not send them; null if it did.</summary>
    public string? Error { get; init; }

    /// <summary>The bridge by which they entered, if it is not that of the policy.</summary>
    public string? Detour { get; init; }

    public required HostControl Host { get; init; }
}
