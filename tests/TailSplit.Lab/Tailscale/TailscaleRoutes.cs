using System.Net;

namespace TailSplit.Lab;

/// <summary>What tailscaled wants to have in table 52, as arguments of <c>ip route add</c>.</summary>
internal static class TailscaleRoutes
{
    /// <param name="state">What is asked of it.</param>
    /// <param name="local">The prefixes on the host's interfaces, merged.</param>
    public static HashSet<string> Of(TailscaleState state, IEnumerable<IPNetwork> local)
    {
        // A peer has its own route in IPv4 alone; in IPv6 one route leads to all (tailscale ipnlocal: peerRoutes).
        List<string> routes =
        [
            $"{Place.Tailnet.V4} dev {Tunnel.Interface}",
            $"fd7a:115c:a1e0::/48 dev {Tunnel.Interface}",
            $"{Place.MagicDns.V4} dev {Tunnel.Interface}",
            $"{Place.MagicDns.V6} dev {Tunnel.Interface}",
        ];
        if (state.AcceptRoutes)
        {
            routes.AddRange([$"10.77.0.0/24 dev {Tunnel.Interface}", $"fd00:77::/64 dev {Tunnel.Interface}"]);
        }

        if (state.ExitNode)
        {
            // Both families, whatever the exit node offers: what it does not carry is not to leave in clear.
            routes.AddRange([$"0.0.0.0/0 dev {Tunnel.Interface}", $"::/0 dev {Tunnel.Interface}", "throw 127.0.0.0/8"]);
            routes.AddRange(local.Select(
                prefix => state.AllowLanAccess ? $"throw {prefix}" : $"{prefix} dev {Tunnel.Interface}"));
        }

        return [.. routes];
    }
}
