using System.Collections.Immutable;
using TailSplit.Core.Containers;
using TailSplit.Core.Model;

namespace TailSplit.Core.Mapping;

/// <summary>The networks of a Docker host and their ways out, at one moment.</summary>
public sealed record HostMap
{
    private static readonly Egress?[] s_ways = [Egress.Direct, Egress.Tunnel, Egress.Blocked, null];

    /// <summary>The tunnel; null for none.</summary>
    public InterfaceName? Tunnel { get; init; }

    /// <summary>Whether Tailscale sends the host's own internet traffic to an exit node.</summary>
    public bool ExitNodeActive { get; init; }

    /// <summary>
    /// The interface to the ISP, by the main table's default route; null for none or several.
    /// </summary>
    public string? Uplink { get; init; }

    /// <summary>Whether an engine reported its networks; if not, only networks with a policy are known.</summary>
    public bool KnowsNetworks { get; init; } = true;

    /// <summary>The engines that the host has.</summary>
    public ImmutableArray<ContainerEngine> Engines { get; init; } = [ContainerEngine.Docker];

    /// <summary>Those with a policy first, then by name.</summary>
    public ImmutableArray<MapEntry> Entries { get; init; } = [];

    /// <summary>The ways out, each with its networks; unused ways are left out.</summary>
    public IEnumerable<(Egress? Way, MapEntry[] Entries)> Groups => s_ways
        .Select(way => (way, Entries.Where(entry => entry.Egress == way).ToArray()))
        .Where(group => group.Item2.Length > 0);

    /// <summary>The lines above the map, a clause each.</summary>
    public ImmutableArray<string> Facts =>
    [
        Tunnel is null ? "no Tailscale interface"
            : ExitNodeActive ? $"exit node active by {Tunnel}"
            : $"no exit node by {Tunnel}",
        .. Uplink is null ? [] : ImmutableArray.Create($"ISP by {Uplink}"),
        .. KnowsNetworks ? [] : ImmutableArray.Create(
            $"{EngineText.List(Engines)} {(Engines.Length == 1 ? "does" : "do")} not answer: only networks with a " +
            "policy are shown"),
    ];

    /// <summary>The name of a way out.</summary>
    public static string NameOf(Egress? way) => way switch
    {
        Egress.Direct => "ISP",
        Egress.Tunnel => "Exit node",
        Egress.Blocked => "Blocked",
        _ => "Not known",
    };

    /// <summary>The interface of a way out; null for none.</summary>
    public string? InterfaceOf(Egress? way) => way switch
    {
        Egress.Direct => Uplink,
        Egress.Tunnel => Tunnel?.ToString(),
        _ => null,
    };
}
