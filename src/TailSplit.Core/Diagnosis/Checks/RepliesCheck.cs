using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Replies to the containers of each network take its bridge. With an exit node and LAN access off, Tailscale routes
/// every local prefix into the tunnel, Docker's bridges included (tailscale#13367); another machine of the tailnet can
/// advertise a route over a Docker subnet; and Tailscale drops packets of its own range. The rules of a policy solve
/// the first two for its network.
/// </summary>
internal sealed class RepliesCheck : IHostCheck
{
    private const string AllowLanAccess = "tailscale set --exit-node-allow-lan-access=true";

    public string Name => "Replies";

    public IEnumerable<CheckResult> Run(Host host)
    {
        if (host.Containers.Trouble is string trouble)
            return [CheckResult.Skipped(Name, trouble)];

        DockerNetwork[] bridged = [.. host.Containers.Networks.Where(network => network.Bridge is not null)];
        DockerNetwork[] inside =
            [.. bridged.Where(network => network.Prefixes.Any(host.Environment.Provider.Overlaps))];
        Taken[] taken =
        [
            .. from network in bridged.Except(inside)
               from subnet in network.Prefixes
               from route in SubnetWay.IntoTunnel(host, subnet)
               select new Taken(network, subnet, route),
        ];
        // The exit node's own route takes every destination without a throw route.
        ILookup<bool, Taken> byHost =
            taken.ToLookup(each => each.Route.IsDefault || SubnetWay.IsOwnPrefix(host, each.Route));
        CheckResult[] found =
        [
            .. inside.Length > 0 ? [InRange(inside, host.Environment.Provider)] : (CheckResult[])[],
            .. byHost[true].Any() ? [ByTailscale([.. byHost[true]], host)] : (CheckResult[])[],
            .. byHost[false].Any() ? [ByAnotherMachine([.. byHost[false]], host)] : (CheckResult[])[],
        ];
        return found.Length > 0 ? found : [CheckResult.Pass(
            Name, bridged.Length == 0
                ? "Docker has no bridge network."
                : $"Replies to the containers of {bridged.Length} {ListText.Plural(bridged.Length, "network")} take " +
                    "their bridges.")];
    }

    private CheckResult ByTailscale(Taken[] taken, Host host)
    {
        DockerNetwork[] caught = [.. taken.Select(each => each.Network).Distinct()];
        DockerNetwork[] inUse = [.. caught.Where(network => host.Containers.On(network).Any())];
        string routes = ListText.Of(taken.Select(each => each.Route.Destination).Distinct());
        // With LAN access on, tailscaled has not written its throw route.
        string remedy = host.Tunnel.Settings is not { AllowLanAccess: true } ? AllowLanAccess : Rescue(taken, host);
        return inUse.Length > 0
            ? CheckResult.Fail(
                Name,
                $"Replies to the containers of {ListText.Of(inUse)} go into the tunnel (route {routes}): they have " +
                    "no network while the exit node is on.",
                remedy)
            : CheckResult.Warn(
                Name,
                $"Replies to {ListText.Of(caught)} would go into the tunnel (route {routes}); it has no container yet.",
                remedy);
    }

    private CheckResult ByAnotherMachine(Taken[] taken, Host host) => CheckResult.Fail(
        Name,
        "A route of another tailnet machine takes the replies to containers: " +
            ListText.Of(taken.Select(each => $"{each.Network} ({each.Subnet}, route {each.Route.Destination})")) +
            ". The remedy adds an ip rule that keeps them on their bridge until the host restarts; the rest of the " +
            "route stays in force.",
        Rescue(taken, host));

    // Recreating a network disconnects its containers, so only their owner can do that.
    private CheckResult InRange(DockerNetwork[] inside, TunnelProvider provider) => CheckResult.Fail(
        Name,
        $"The subnet of {ListText.Of(inside)} is in Tailscale's address range, so Tailscale drops its packets. " +
            $"Create another network outside {provider.RangeOf(IpFamily.IPv4)} and " +
            $"{provider.RangeOf(IpFamily.IPv6)}, and move the containers there.",
        remedy: null);

    private static string Rescue(IEnumerable<Taken> taken, Host host) =>
        string.Join("; ", taken.Select(each => SubnetWay.Rescue(host, each.Subnet)).Distinct());

    private readonly record struct Taken(DockerNetwork Network, Cidr Subnet, HostRoute Route);
}
