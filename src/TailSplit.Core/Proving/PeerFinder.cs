using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Tracing.Walk;

namespace TailSplit.Core.Proving;

/// <summary>Finds the kind of a destination for a policy.</summary>
/// <param name="ground">The host.</param>
/// <param name="policy">The policy.</param>
/// <param name="tunnelTable">The number of Tailscale's table.</param>
internal sealed class PeerFinder(TraceGround ground, Policy policy, int tunnelTable)
{
    private readonly Dictionary<IPAddress, Peer> _known = [];

    /// <summary>The destinations of -AllowDestination or -Exclude.</summary>
    public ImmutableArray<Cidr> Named { get; } = policy switch
    {
        KillswitchPolicy killswitch => killswitch.AllowDestination,
        BypassPolicy bypass => bypass.Exclude,
        _ => [],
    };

    /// <summary>Whether an exit node takes the internet, as Tailscale's table says.</summary>
    public bool HasExitNode(IpFamily family) =>
        HasDefault(tunnelTable, family, device => device == policy.Tunnel.ToString());

    /// <summary>Whether a way to the internet outside the tunnel exists.</summary>
    public bool HasUplink(IpFamily family) =>
        HasDefault(RoutingRule.MainTable, family, device => device != policy.Tunnel.ToString());

    public Peer Of(IPAddress destination)
    {
        if (!_known.TryGetValue(destination, out Peer peer))
            _known[destination] = peer = Find(destination);

        return peer;
    }

    private Peer Find(IPAddress destination)
    {
        return ground.Types.Of(destination) is not RouteKind.Unicast ? Peer.Host
            : policy.Target.Subnets.Any(subnet => subnet.Contains(destination)) || destination.IsIPv6LinkLocal
                ? Peer.OwnNetwork
            : Named.Any(named => named.Contains(destination)) ? Peer.Named
            // For an address that no peer has, a bypass uses its usual way.
            : policy.Provider.Contains(destination)
                && (policy is KillswitchPolicy || IsRouted(tunnelTable, destination))
                ? Peer.Tailnet
            : IsRouted(RoutingRule.MainTable, destination) ? Peer.OnLink
            : IsRouted(tunnelTable, destination) ? Peer.SubnetRoute
            : Peer.Internet;
    }

    private bool IsRouted(int table, IPAddress destination) =>
        ground.Tables.Find(
            table, destination, source: null) is { Kind: RouteKind.Unicast, Destination.PrefixLength: > 0 };

    private bool HasDefault(int table, IpFamily family, Func<string, bool> leads) => ground.Tables.All.Any(route =>
        route.Table == table && route.Kind == RouteKind.Unicast && route.Destination.PrefixLength == 0
        && route.Destination.Family == family && route.NextHops.Any(hop => leads(hop.Device)));
}
