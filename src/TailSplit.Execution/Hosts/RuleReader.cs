using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Planning;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;
using TailSplit.Core.Tailscale;
using TailSplit.Execution.Firewall;
using TailSplit.Execution.Routing;

namespace TailSplit.Execution.Hosts;

/// <summary>Reads the firewall, ip rules, routes and interfaces of a host at the same time.</summary>
internal sealed class RuleReader(Machine machine)
{
    private static readonly TunnelProvider s_provider = TunnelProvider.Tailscale;

    private readonly IpRoute _ip = new(machine.Programs);

    /// <param name="before">An earlier reading, whose interfaces and routes are kept; null for none.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <param name="ownOnly">Whether rules of others may be left out.</param>
    /// <exception cref="TailSplitException">A part can't be read.</exception>
    public async Task<Host> ReadAsync(Host? before, CancellationToken cancellationToken, bool ownOnly = false)
    {
        FirewallReader reader = new(machine);
        ImmutableDictionary<IpFamily, FirewallTools> tools =
            before?.Firewall.Tools ?? ImmutableDictionary<IpFamily, FirewallTools>.Empty;
        Task<FirewallReading> firewall = ownOnly
            ? reader.ReadOwnAsync(tools, cancellationToken)
            : reader.ReadAsync(tools, cancellationToken);
        Task<Host> rest = before is null
            ? ReadRoutingAsync(cancellationToken)
            : ReadIpRulesAsync(before, cancellationToken);
        await Task.WhenAll(firewall, rest).ConfigureAwait(false);
        FirewallReading reading = await firewall.ConfigureAwait(false);
        Host host = await rest.ConfigureAwait(false);
        LiveRules live = new(reading.Iptables, host.Live.AllRouting, reading.Nftables);
        host = With(host, live, reading.Backends) with
        {
            Firewall = host.Firewall with { Tools = reading.Tools, Backends = reading.Backends, Unread = null },
        };
        // ip rules of TailSplit without a policy in iptables belong to policies in a table that nft can't read.
        return reading.Backends.NftablesTrouble is { Kind: not FailureKind.NotInstalled } unread
            && host.Policies.Any(policy => !policy.IsNamed)
                ? throw unread.ToException()
                : host;
    }

    /// <summary>Reads the rules that a plan writes; the others are those of before.</summary>
    /// <exception cref="TailSplitException">A part can't be read.</exception>
    public async Task<Host> ReadBackAsync(Host before, Plan plan, CancellationToken cancellationToken)
    {
        FirewallReader reader = new(machine);
        Task<IReadOnlyDictionary<IpFamily, SavedRuleset>?> iptables = plan.Restore.IsEmpty
            ? Task.FromResult<IReadOnlyDictionary<IpFamily, SavedRuleset>?>(null)
            : reader.ReadIptablesAgainAsync(before.Firewall.Tools, cancellationToken);
        Task<NftContent?> nftables = plan.Nftables.Length == 0
            ? Task.FromResult<NftContent?>(null)
            : reader.ReadTableAgainAsync(cancellationToken);
        Task<Host> routing = plan.Batch.IsEmpty
            ? Task.FromResult(before)
            : ReadIpRulesAsync(before, cancellationToken);
        await Task.WhenAll(iptables, nftables, routing).ConfigureAwait(false);
        Host host = await routing.ConfigureAwait(false);
        LiveRules live = before.Live.With(
            await iptables.ConfigureAwait(false),
            host.Live.AllRouting,
            await nftables.ConfigureAwait(false));
        return With(host, live, before.Firewall.Backends);
    }

    // What rules depend on follows from the rules in force.
    private static Host With(Host host, LiveRules live, FirewallBackends backends) => host with
    {
        Live = live,
        Environment = host.Environment with
        {
            ClampsMss = SegmentSizeRules.ArePossible(live),
            Backend = backends.Usual(live),
        },
    };

    /// <summary>Reads interfaces, routes and ip rules, which need no root.</summary>
    /// <exception cref="TailSplitException">A part can't be read.</exception>
    public async Task<Host> ReadRoutingAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<IpFamily> families = machine.Families;
        Task<ImmutableArray<HostInterface>> interfaces = _ip.ReadInterfacesAsync(cancellationToken);
        // The number of Tailscale's table follows from its ip rules. Nearly every host has the usual one.
        Task<ImmutableArray<HostRoute>> usual = _ip.ReadRoutesAsync(
            families, s_provider.Table, cancellationToken);
        Task<ImmutableArray<HostRoute>> main = _ip.ReadRoutesAsync(
            families, RoutingRule.MainTable, cancellationToken);
        Task<Host> rules = ReadIpRulesAsync(new Host(), cancellationToken);
        await Task.WhenAll(rules, interfaces, usual, main).ConfigureAwait(false);

        Host host = await rules.ConfigureAwait(false);
        int table = host.Environment.Table;
        HostRouting routing = new()
        {
            Interfaces = await interfaces.ConfigureAwait(false),
            MainRoutes = await main.ConfigureAwait(false),
            TunnelRoutes = table == s_provider.Table
                ? await usual.ConfigureAwait(false)
                : await _ip.ReadRoutesAsync(families, table, cancellationToken).ConfigureAwait(false),
        };
        InterfaceName? tunnel = TunnelFinder.Find(
            s_provider, routing.TunnelRoutes, routing.Interfaces, routing.MainRoutes);
        return host with
        {
            Environment = host.Environment with { OnLink = LanFinder.Find(routing.Interfaces, tunnel) },
            Routing = routing,
            Tunnel = new HostTunnel { Name = tunnel },
        };
    }

    private async Task<Host> ReadIpRulesAsync(Host before, CancellationToken cancellationToken)
    {
        ImmutableArray<LiveRoutingRule>[] rules = await Task
            .WhenAll(machine.Families.Select(family => _ip.ReadRulesAsync(family, cancellationToken)))
            .ConfigureAwait(false);
        ImmutableArray<LiveRoutingRule> routing = [.. rules.SelectMany(list => list)];
        return before with
        {
            Live = new LiveRules(new Dictionary<IpFamily, SavedRuleset>(), routing),
            Environment = TunnelPreferences.Apply(
                new RuleEnvironment(s_provider)
                {
                    HasIPv6 = machine.HasIPv6,
                    OnLink = before.Environment.OnLink,
                },
                routing),
        };
    }
}
