using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>Finds the expectation of a policy for a target.</summary>
/// <param name="tunnelRoutes">The prefixes, besides the default, that Tailscale routes into the tunnel.</param>
/// <param name="onLink">The prefixes that are on the host's own links, to which a bypass goes directly.</param>
public sealed class ProbeExpectations(ImmutableArray<Cidr> tunnelRoutes, ImmutableArray<Cidr> onLink)
{
    /// <summary>By the host's routes and addresses.</summary>
    public static ProbeExpectations On(Host host) => new(
        [.. host.Routing.TunnelRoutes.Where(route => route.Type is null).Select(route => route.Prefix).OfType<Cidr>()],
        [.. host.Routing.Interfaces
            .SelectMany(link => link.Addresses)
            .Select(own => own.Network)
            .Where(network => !network.IsHost)]);

    public ProbeExpectation Of(Policy policy, IPAddress target) => policy switch
    {
        KillswitchPolicy killswitch => Holds(killswitch.AllowDestination, target)
            ? ProbeExpectation.Open
            : ProbeExpectation.TunnelOnly,
        BypassPolicy bypass => Holds(bypass.Exclude, target) ? ProbeExpectation.AsHost
            : bypass.Provider.Contains(target) || (Holds(tunnelRoutes, target) && !Holds(onLink, target))
                ? ProbeExpectation.Tailnet
            : ProbeExpectation.PastTunnel,
        _ => throw new ArgumentOutOfRangeException(nameof(policy)),
    };

    private static bool Holds(ImmutableArray<Cidr> prefixes, IPAddress target) =>
        prefixes.Any(prefix => prefix.Contains(target));
}
