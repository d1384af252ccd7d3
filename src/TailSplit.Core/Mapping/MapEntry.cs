using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Mapping;

/// <summary>A network on the map: one of an engine, or the target of a policy that no engine reports.</summary>
public sealed record MapEntry
{
    public required string Name { get; init; }

    /// <summary>Its engine.</summary>
    public ContainerEngine Engine { get; init; }

    /// <summary>What it is, in a word or two: the kind of its policy, or the driver of a network without one.</summary>
    public required string Label { get; init; }

    /// <summary>Its way to the internet; null if its driver is unknown.</summary>
    public Egress? Egress { get; init; }

    /// <summary>Its policy; null if it takes the host's own way.</summary>
    public Policy? Policy { get; init; }

    /// <summary>Whether every rule of the policy is in force.</summary>
    public bool IsWhole { get; init; } = true;

    public ImmutableArray<string> Subnets { get; init; } = [];

    public ImmutableArray<string> Containers { get; init; } = [];

    /// <summary>Packets that the firewall let leave; null if it does not count them.</summary>
    public ulong? Passed { get; init; }

    /// <summary>Packets that the firewall stopped; null if it does not count them.</summary>
    public ulong? Blocked { get; init; }

    public ImmutableArray<MapRemark> Remarks { get; init; } = [];

    /// <summary>The state of the policy in a word; empty without one.</summary>
    public string State => Policy is null ? "" : IsWhole ? "active" : "degraded";

    /// <summary>The counters in words, short enough for a column; empty if nothing is counted.</summary>
    public string Traffic => (Passed, Blocked) switch
    {
        (ulong passed, ulong blocked) => $"{PacketCount.Of(passed)} passed, {PacketCount.Of(blocked)} blocked",
        (ulong passed, null) => $"{PacketCount.Of(passed)} passed",
        (null, ulong blocked) => $"{PacketCount.Of(blocked)} blocked",
        _ => "",
    };
}
