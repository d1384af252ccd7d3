using TailSplit.Core.Kernel;
using TailSplit.Core.Routing;

namespace TailSplit.Core.Hosts;

/// <summary>Adds what the kernel shows of the tunnel to what Tailscale's program reports.</summary>
public static class TunnelReport
{
    /// <param name="host">The host with its rules and routes.</param>
    /// <param name="reported">What <c>tailscale</c> reports.</param>
    public static HostTunnel Complete(Host host, HostTunnel reported)
    {
        string? name = host.Tunnel.Name?.ToString();
        HostInterface? link = host.Routing.Interfaces.FirstOrDefault(each => each.Name == name);
        LiveRoutingRule[] theirs =
        [
            .. host.Live.AllRouting.Where(rule => TunnelPreferences.IsOfTunnel(rule, host.Environment))
        ];
        return reported with
        {
            Name = host.Tunnel.Name,
            Addresses =
            [
                .. (link?.Addresses ?? [])
                    .Where(address => !address.Address.IsIPv6LinkLocal)
                    .Select(address => address.Address.ToString())
            ],
            Mtu = link is { Mtu: > 0 } ? link.Mtu : null,
            Defaults =
            [
                .. host.Routing.TunnelRoutes
                    .Where(route => route.IsDefault && route.Type is null && route.Device == name)
                    .Select(route => route.Family)
            ],
            Preferences = [.. theirs.Select(rule => rule.Preference).Distinct().Order()],
            EscapeMark = theirs.Select(rule => rule.FwMark).FirstOrDefault(mark => mark is not null),
        };
    }
}
