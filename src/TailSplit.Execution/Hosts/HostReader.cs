using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Tailscale;
using TailSplit.Execution.Firewall;
using TailSplit.Execution.Routing;

namespace TailSplit.Execution.Hosts;

/// <summary>Reads the firewall, ip rules, routes and interfaces of the host at the same time.</summary>
public sealed class HostReader(Machine machine)
{
    private readonly Iptables _iptables = new(machine.Programs);
    private readonly IpRoute _ip = new(machine.Programs);

    /// <summary>Reads everything that a change depends on.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <param name="known">
    /// A recent state, whose interfaces and routes are reused: only rules are read.
    /// </param>
    /// <exception cref="TailSplitException">
    /// NotInstalled, PermissionDenied, ReadFailed, UnreadableOutput, IPv6FirewallMissing, NoRoomBelowTailscale.
    /// </exception>
    public async Task<HostState> ReadAsync(CancellationToken cancellationToken, HostState? known = null)
    {
        HostState state = await ReadOnceAsync(known, cancellationToken).ConfigureAwait(false);
        UnreadParts unseen = new();
        SavedRuleset[] others = await Task
            .WhenAll(machine.Families.Select(
                family => TryReadOtherAsync(family, state, unseen, cancellationToken)))
            .ConfigureAwait(false);
        LiveRules other = new(machine.Families.Zip(others).ToDictionary(), []);
        return Known(state with
        {
            Other = other,
            LeftBehind = other.HasOwn ? other : null,
            LeftBehindUnseen = unseen.Reasons.Any() ? string.Join(" ", unseen.Reasons) : null,
        });
    }

    /// <summary>Reads the same without the store that Docker does not use, which a commit does not change.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<HostState> ReadAgainAsync(CancellationToken cancellationToken, HostState? known = null) =>
        Known(await ReadOnceAsync(known, cancellationToken).ConfigureAwait(false));

    /// <summary>Reads what it can without root, for -WhatIf.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <param name="known">A recent state, whose interfaces and routes are reused.</param>
    public async Task<HostState> ReadForPreviewAsync(CancellationToken cancellationToken, HostState? known = null)
    {
        string unread;
        if (machine.IsRoot)
        {
            try
            {
                return await ReadAsync(cancellationToken, known).ConfigureAwait(false);
            }
            catch (TailSplitException e)
            {
                unread = e.Message;
            }
        }
        else
        {
            unread = "Reading them needs root.";
        }

        HostState routing = known ?? await ReadRoutingOnlyAsync(cancellationToken).ConfigureAwait(false);
        return routing with { FirewallUnread = unread };
    }

    /// <summary>
    /// Reads interfaces, routes and ip rules, which need no root. If they can't be read, the usual values stand in.
    /// </summary>
    public async Task<HostState> ReadRoutingOnlyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadRoutingAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e)
        {
            return new HostState
            {
                Live = LiveRules.None,
                Environment = RuleEnvironment.Usual,
                Unread = e.Failure,
            };
        }
    }

    // ip rules of TailSplit without a policy in iptables belong to policies in a table that nft can't read.
    private static HostState Known(HostState state) =>
        state.Backends.NftablesTrouble is { Kind: not FailureKind.NotInstalled } unread
            && state.Policies.Any(policy => !policy.IsNamed)
                ? throw unread.ToException()
                : state;

    private async Task<HostState> ReadOnceAsync(HostState? known, CancellationToken cancellationToken)
    {
        Task<FirewallReading> firewall = new FirewallReader(machine).ReadAsync(
            known?.Tools ?? ImmutableDictionary<IpFamily, FirewallTools>.Empty, cancellationToken);
        Task<HostState> rest = known is null
            ? ReadRoutingAsync(cancellationToken)
            : ReadRulesAsync(known, cancellationToken);
        await Task.WhenAll(firewall, rest).ConfigureAwait(false);
        FirewallReading reading = await firewall.ConfigureAwait(false);
        HostState state = await rest.ConfigureAwait(false);
        LiveRules live = new(reading.Iptables, state.Live.AllRouting, reading.Nftables);
        return state with
        {
            Live = live,
            Environment = state.Environment with
            {
                ClampsMss = SegmentSizeRules.ArePossible(live),
                Backend = reading.Backends.Usual(live),
            },
            Tools = reading.Tools,
            Backends = reading.Backends,
        };
    }

    // An unreadable store that is not in use must not stop a change. Remove-TailSplitPolicy and the check OtherIptables
    // report it.
    private async Task<SavedRuleset> TryReadOtherAsync(
        IpFamily family, HostState state, UnreadParts unseen, CancellationToken cancellationToken)
    {
        try
        {
            return await _iptables.ReadOtherAsync(family, state, cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e) when (e.Failure.Id == nameof(Failures.ReadFailed))
        {
            unseen.Add($"{family}", e.Message);
            return SavedRuleset.Empty;
        }
    }

    private async Task<HostState> ReadRulesAsync(HostState known, CancellationToken cancellationToken)
    {
        ImmutableArray<LiveRoutingRule>[] rules = await Task
            .WhenAll(machine.Families.Select(family => _ip.ReadRulesAsync(family, cancellationToken)))
            .ConfigureAwait(false);
        ImmutableArray<LiveRoutingRule> routing = [.. rules.SelectMany(list => list)];
        return known with
        {
            Live = new LiveRules(new Dictionary<IpFamily, SavedRuleset>(), routing),
            Environment = TailscalePreferences.Apply(
                RuleEnvironment.Usual with { HasIPv6 = machine.HasIPv6, OnLink = known.Environment.OnLink }, routing),
        };
    }

    private async Task<HostState> ReadRoutingAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<IpFamily> families = machine.Families;
        Task<ImmutableArray<HostInterface>> interfaces = _ip.ReadInterfacesAsync(cancellationToken);
        Task<ImmutableArray<HostRoute>> guess = _ip.ReadRoutesAsync(
            families, RuleEnvironment.UsualTable, cancellationToken);
        Task<ImmutableArray<HostRoute>> main = _ip.ReadRoutesAsync(
            families, RoutingRule.MainTable, cancellationToken);
        HostState rules = await ReadRulesAsync(
            new HostState
            {
                Live = LiveRules.None,
                Environment = RuleEnvironment.Usual,
            },
            cancellationToken).ConfigureAwait(false);
        RuleEnvironment environment = rules.Environment;
        ImmutableArray<HostRoute> mainRoutes = await main.ConfigureAwait(false);
        ImmutableArray<HostRoute> routes = await guess.ConfigureAwait(false);
        if (environment.Table != RuleEnvironment.UsualTable)
            routes = await _ip.ReadRoutesAsync(families, environment.Table, cancellationToken).ConfigureAwait(false);

        ImmutableArray<HostInterface> links = await interfaces.ConfigureAwait(false);
        InterfaceName? tunnel = TunnelFinder.Find(routes, links, mainRoutes);
        return rules with
        {
            Environment = environment with { OnLink = LanFinder.Find(links, tunnel) },
            Interfaces = links,
            TunnelRoutes = routes,
            MainRoutes = mainRoutes,
            Tunnel = tunnel,
        };
    }
}
