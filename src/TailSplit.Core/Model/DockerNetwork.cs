using System.Collections.Immutable;

namespace TailSplit.Core.Model;

/// <summary>
/// A network of Docker or Podman as its engine reports it, its policy, and whether it can have one.
/// </summary>
public sealed record DockerNetwork
{
    private const int ShortIdLength = 12;

    /// <summary>The container engine that created it.</summary>
    public ContainerEngine Engine { get; init; }

    public required string Name { get; init; }

    /// <summary>The 64 hexadecimal digits of the engine's id.</summary>
    public required string Id { get; init; }

    public required string Driver { get; init; }

    /// <summary>The bridge interface on the host; null for drivers that have none there.</summary>
    public string? Bridge { get; init; }

    /// <summary>Its subnets as address/length; each can be read as a <see cref="Cidr"/>.</summary>
    public ImmutableArray<string> Subnet { get; init; } = [];

    internal IEnumerable<Cidr> Prefixes => Subnet.Select(Cidr.Parse);

    public ImmutableArray<string> Gateway { get; init; } = [];

    /// <summary>Whether the engine gives the network's containers IPv6 addresses.</summary>
    public bool IPv6 { get; init; }

    /// <summary>Created with <c>--internal</c>: its containers have no way out, so no policy is needed.</summary>
    public bool Internal { get; init; }

    /// <summary>
    /// Whether Docker is asked to leave its packets untranslated (enable_ip_masquerade, gateway_mode_ipv4).
    /// </summary>
    internal bool IsRouted { get; init; }

    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The names of the containers that are on the network now.</summary>
    public ImmutableArray<string> Containers { get; init; } = [];

    /// <summary>
    /// Whether another network has the same name: one of the other engine, or of Docker, which before 25 allows it.
    /// </summary>
    public bool SharesName { get; init; }

    /// <summary>The 12 digits of the id by which Docker lists it.</summary>
    internal string ShortId => Id.Length > ShortIdLength ? Id[..ShortIdLength] : Id;

    /// <summary>Why the daemon that reported it is not this host's own; null if it is.</summary>
    public string? ForeignDaemon { get; init; }

    /// <summary>
    /// What prevents a policy on the network or on its bridge on this host; null if nothing is known.
    /// </summary>
    internal string? Trouble { get; init; }

    public bool CanHavePolicy => Obstacle is null;

    /// <summary>Why the network can't have a policy; null if it can.</summary>
    public string? Reason => Obstacle?.Reason;

    /// <summary>
    /// The reason in one word, for a table: host, macvlan, internal, bridge; null if it can have a policy.
    /// </summary>
    public string? ReasonWord => Obstacle?.Word;

    /// <summary>The kind of the policy in force; null for none, or if it is not known.</summary>
    public PolicyKind? PolicyKind { get; init; }

    /// <summary>Why the policy in force is not known; null if it is known.</summary>
    public string? PolicyUnknown { get; init; }

    private PolicyObstacle? Obstacle => Driver switch
    {
        _ when ForeignDaemon is not null => new("daemon", $"the Docker daemon is not this host's own: {ForeignDaemon}"),
        "host" => new("host", "containers on it are the host itself; rules on a bridge never see them"),
        "null" => new("none", "containers on it have no network"),
        "macvlan" or "ipvlan" => new(
            Driver, $"{Driver} frames leave by the parent interface without crossing the host's firewall"),
        "overlay" => new("overlay", "overlay traffic leaves by docker_gwbridge, which all overlay networks share"),
        not "bridge" => new(
            "driver", $"the way out of the host is unknown for the driver '{QuotedText.Of(Driver)}'"),
        // Podman only gives the containers of an internal network no default route: a policy is useful there.
        _ when Internal && Engine == ContainerEngine.Docker =>
            new("internal", "it is internal: Docker already lets nothing out"),
        _ when !PolicyName.TryParse(Name, out _, out string? reason) =>
            new("name", $"its name can't be used: {reason}"),
        _ when Bridge is null => new("bridge", "its bridge interface is not known"),
        _ when !InterfaceName.TryParse(Bridge, out _, out string? reason) => new(
            "bridge", $"the name of its bridge can't be used: {reason}"),
        _ when Trouble is not null => new("bridge", Trouble),
        _ when Subnet.IsEmpty => new("subnet", "it has no subnet"),
        _ => null,
    };

    /// <summary>
    /// The name of its policy where none is given: its own, or its short id where another network has the same name.
    /// </summary>
    /// <exception cref="TailSplitException">InvalidPolicyName.</exception>
    public PolicyName NamePolicy() => PolicyName.Parse(SharesName ? ShortId : Name);

    /// <summary>
    /// Whether the network is of a kind that can have policies, but something about this one prevents it.
    /// </summary>
    public bool IsOpenByTrouble() =>
        Driver == "bridge" && (!Internal || Engine == ContainerEngine.Podman) && Trouble is not null;

    /// <summary>The network, marked where another of these has the same name.</summary>
    public DockerNetwork Among(IEnumerable<DockerNetwork> all) =>
        this with { SharesName = all.Any(other => other.Id != Id && other.Name == Name) };

    public override string ToString() => Name;
}
