using System.Collections.Immutable;
using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Finds the way of replies to the containers of a local subnet: by the ip rules in their order, and in each table by
/// the longest prefix, as the kernel decides (net/core/fib_rules.c, net/ipv4/fib_trie.c).
/// </summary>
internal static class SubnetWay
{
    /// <summary>
    /// The routes by which the subnet, or a part of it, goes into the tunnel; empty if it takes its bridge.
    /// </summary>
    public static ImmutableArray<HostRoute> IntoTunnel(Host host, Cidr subnet)
    {
        List<HostRoute> takers = [];
        int next = 0;
        foreach (LiveRoutingRule rule in host.Live.AllRouting
            .Where(rule => rule.Family == subnet.Family && MatchesAnswers(rule.Whole, subnet))
            .OrderBy(rule => rule.Preference))
        {
            if (rule.Preference < next || rule.Whole.Action == KernelRoutingAction.Nop)
                continue;

            if (rule.Whole.Action == KernelRoutingAction.Goto)
            {
                // Without a rule there, the kernel goes on with the next one.
                if (rule.Whole.Target is int target
                    && host.Live.AllRouting.Any(other => other.Family == rule.Family && other.Preference == target))
                {
                    next = target;
                }

                continue;
            }

            if (rule.Whole.Action != KernelRoutingAction.Lookup)
                break;

            int suppressed = rule.Whole.SuppressPrefixLength ?? -1;
            HostRoute[] routes = [.. RoutesOf(host, rule.Table)
                .Where(
                    route => route.Family == subnet.Family && (route.Type == "throw" || LengthOf(route) > suppressed))];
            // A narrower route decides for its part of the subnet.
            takers.AddRange(routes.Where(route => IsTunnel(host, route)
                && route.Prefix is Cidr prefix && prefix != subnet && subnet.Contains(prefix)));
            HostRoute? whole = routes
                .Where(route => route.IsDefault || route.Prefix?.Contains(subnet) == true)
                .MaxBy(LengthOf);
            if (whole is null or { Type: "throw" })
                continue;

            if (IsTunnel(host, whole))
                takers.Add(whole);

            break;
        }

        return [.. takers];
    }

    /// <summary>
    /// Whether tailscaled wrote the route for prefixes of the host itself, as it does with LAN access off. It merges
    /// adjacent prefixes, so the route can be wider than each network.
    /// </summary>
    public static bool IsOwnPrefix(Host host, HostRoute route) =>
        route.Prefix is Cidr prefix
        && host.Tunnel is { ExitNodeIsActive: true, Settings: not { AllowLanAccess: true } }
        && host.Tunnel.Status?.Routes.Contains(prefix) != true
        && IsCovered(prefix, LocalPrefixes(host));

    /// <summary>
    /// The rule that lets a subnet take its bridge: directly before the one that leads into Tailscale's table, and
    /// after those of every policy.
    /// </summary>
    public static string Rescue(Host host, Cidr subnet)
    {
        int tunnel = TunnelRules.PreferenceInto(host, subnet.Family);
        return $"ip {subnet.Family.IpOption()} rule add pref {tunnel - 1} to {subnet} lookup main";
    }

    private static Cidr[] LocalPrefixes(Host host) =>
    [
        .. host.Routing.Interfaces
            .Where(link => link.Name != "lo" && link.Name != host.Tunnel.Name?.ToString())
            .SelectMany(link => link.Addresses.Select(address => address.Network)),
        .. host.Containers.Networks
            .Where(network => network.Bridge is not null)
            .SelectMany(network => network.Prefixes),
    ];

    private static bool IsCovered(Cidr whole, IReadOnlyCollection<Cidr> parts) =>
        parts.Any(part => part.Contains(whole))
        || (parts.Any(whole.Contains) && whole.Halves().All(half => IsCovered(half, parts)));

    private static ImmutableArray<HostRoute> RoutesOf(Host host, int table) =>
        table == host.Environment.Table ? host.Routing.TunnelRoutes
        : table == RoutingRule.MainTable ? host.Routing.MainRoutes
        : [];

    private static bool IsTunnel(Host host, HostRoute route) =>
        route.Type is null && route.Device is not null && route.Device == host.Tunnel.Name?.ToString();

    private static int LengthOf(HostRoute route) => route.Prefix?.PrefixLength ?? 0;

    // A reply can enter by any interface, from any address, without a mark.
    private static bool MatchesAnswers(KernelRoutingRule rule, Cidr subnet)
    {
        bool plain = rule is
        {
            Iif: null, From: null, IpProtocol: null, SourcePort: null, DestinationPort: null, NeverForwarded: null,
        };
        bool marked = rule.FwMark is FwMark mark && mark.Value != 0;
        return plain && (rule.Inverted
            ? marked && rule.To is null
            : !marked && (rule.To is not Cidr to || to.Contains(subnet)));
    }
}
