using System.Collections.Immutable;

namespace TailSplit.Core.Model;

/// <summary>A request: a name, a kind, a target and options. Closed: Bypass or Killswitch.</summary>
public abstract record Policy
{
    private protected Policy()
    {
    }

    public required PolicyName Name { get; init; }

    public required PolicyTarget Target { get; init; }

    /// <summary>The Tailscale interface, usually <c>tailscale0</c>.</summary>
    public required InterfaceName Tunnel { get; init; }

    /// <summary>The program that makes the tunnel.</summary>
    public TunnelProvider Provider { get; init; } = TunnelProvider.Tailscale;

    /// <summary>Who requested it, which decides whether a sync may change it. It does not affect the rules.</summary>
    public PolicyOrigin Origin { get; init; }

    public abstract PolicyKind Kind { get; }

    /// <summary>What writes its firewall rules; never Auto for a policy in force.</summary>
    public FirewallBackend Backend { get; init; }

    /// <summary>The policy with a backend for Auto.</summary>
    public Policy On(FirewallBackend usual) => Backend == FirewallBackend.Auto ? this with { Backend = usual } : this;

    /// <summary>
    /// A warning about what the policy can't match without a bridge; null if the bridge is known.
    /// </summary>
    public string? BridgeWarning => Target.Bridge is null
        ? $"No interface of this host has an address in {string.Join(", ", Target.Subnets)}, " +
            $"so the policy '{Name}' matches only the subnet, not " +
            "packets with a foreign source address or of the other family. " +
            "Give the interface with -Bridge."
        : null;
}

/// <summary>
/// The network leaves by the ISP; tailnet, subnet routes and excluded destinations stay where the host sends them.
/// </summary>
public sealed record BypassPolicy : Policy
{
    public override PolicyKind Kind => PolicyKind.Bypass;

    public Mechanism Mechanism { get; init; }

    /// <summary>Destinations that keep the host's own way, the exit node.</summary>
    public ImmutableArray<Cidr> Exclude { get; init; } = [];

    public bool Equals(BypassPolicy? other) =>
        base.Equals(other) && Mechanism == other.Mechanism && Exclude.SequenceEqual(other.Exclude);

    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Mechanism, Exclude.Length);
}

/// <summary>The network leaves by the tunnel or not at all.</summary>
public sealed record KillswitchPolicy : Policy
{
    public override PolicyKind Kind => PolicyKind.Killswitch;

    /// <summary>Destinations outside the tunnel that stay open, by the main table.</summary>
    public ImmutableArray<Cidr> AllowDestination { get; init; } = [];

    /// <summary>Published ports are answered to the LAN, in the reply direction only.</summary>
    public bool AllowPublishedPort { get; init; }

    /// <summary>
    /// The name servers, at most one for each family, that get every query to port 53, by the tunnel or not at all; a
    /// family without one can't resolve names. <see cref="NoDns"/> in it refuses every query. Empty: queries are
    /// treated as other packets.
    /// </summary>
    public ImmutableArray<Cidr> DnsServer { get; init; } = [];

    /// <summary>Instead of a name server: every query is refused.</summary>
    public static Cidr NoDns { get; } = Cidr.Parse("0.0.0.0/32");

    public BlockAction Action { get; init; }

    /// <summary>The host's own addresses are closed too, except for replies to what the host itself sent.</summary>
    public bool BlockHost { get; init; }

    public bool Equals(KillswitchPolicy? other) =>
        base.Equals(other) && AllowDestination.SequenceEqual(other.AllowDestination)
        && DnsServer.SequenceEqual(other.DnsServer)
        && AllowPublishedPort == other.AllowPublishedPort && Action == other.Action && BlockHost == other.BlockHost;

    public override int GetHashCode() =>
        HashCode.Combine(
            base.GetHashCode(), AllowDestination.Length, DnsServer.Length, AllowPublishedPort, Action, BlockHost);

    /// <summary>The name server of a family; null if none may be asked.</summary>
    public Cidr? ServerOf(IpFamily family)
    {
        foreach (Cidr server in DnsServer)
        {
            if (server.Family == family && server != NoDns)
                return server;
        }

        return null;
    }
}
