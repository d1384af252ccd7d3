using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Tracing.Native;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Firewall;
using TailSplit.Execution.Routing;

namespace TailSplit.Execution.Hosts;

/// <summary>
/// Reads a host. Every program of a reading runs at the same time as the others, and has ended when the reading ends.
/// It writes nothing and sends no packet.
/// </summary>
public sealed class HostReader(Machine machine)
{
    private readonly RuleReader _rules = new(machine);

    /// <summary>Reads what a scope contains.</summary>
    /// <exception cref="TailSplitException">
    /// NotInstalled, PermissionDenied, ReadFailed, UnreadableOutput, IPv6FirewallMissing, NoRoomBelowTailscale: only if
    /// the scope does not leave out what can't be read.
    /// </exception>
    public async Task<Host> ReadAsync(HostScope scope, CancellationToken cancellationToken)
    {
        UnreadParts unread = new();
        Task<Host> reading = ReadRulesAsync(scope, unread, null, cancellationToken);
        Task<HostTunnel> tailscale = scope.HasSurroundings
            ? new TailscaleClient(machine.Programs).ReadAsync(unread, cancellationToken)
            : Task.FromResult(new HostTunnel());
        Task<HostContainers> containers = new ContainersReader(machine).ReadAsync(scope, unread, cancellationToken);
        Task<bool?> networkd = scope.HasSurroundings
            ? unread.TryAsync(
                "networkd's settings", () => new Networkd(machine).DeletesForeignRulesAsync(cancellationToken))
            : Task.FromResult<bool?>(null);
        Task<NativeView> native = scope.HasTraffic
            ? new NativeReader(machine.Programs).ReadAsync(cancellationToken)
            : Task.FromResult(NativeView.Nothing);
        Task<ImmutableDictionary<IpFamily, ImmutableArray<LiveRoute>>?> tables = scope.HasTraffic
            ? ReadTablesAsync(scope, unread, cancellationToken)
            : Task.FromResult<ImmutableDictionary<IpFamily, ImmutableArray<LiveRoute>>?>(null);
        await Task.WhenAll(reading, tailscale, containers, networkd, native, tables).ConfigureAwait(false);

        Host host = await reading.ConfigureAwait(false);
        host = host with
        {
            Firewall = host.Firewall with { Native = await native.ConfigureAwait(false) },
            Routing = host.Routing with
            {
                Tables = await tables.ConfigureAwait(false),
                NetworkdDeletesRules = await networkd.ConfigureAwait(false),
            },
            Tunnel = TunnelReport.Complete(host, await tailscale.ConfigureAwait(false)),
            Containers = await containers.ConfigureAwait(false),
            Kernel = new KernelSettings(machine.Files).Read(scope, host, unread),
            Boot = scope.HasContainers ? new BootReader(machine.Files).Read() : new HostBoot(),
        };
        return host with { Unread = [.. unread.Reasons] };
    }

    /// <summary>Reads the rules of a host again. Its interfaces and routes are those of the earlier reading.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public Task<Host> ReadAgainAsync(Host host, HostScope scope, CancellationToken cancellationToken) =>
        ReadRulesAsync(scope, new UnreadParts(), host, cancellationToken);

    /// <summary>Reads back what a commit can change: not the iptables store that Docker does not use.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public Task<Host> ReadBackAsync(Host host, CancellationToken cancellationToken) =>
        _rules.ReadAsync(host, cancellationToken);

    /// <summary>Reads back what a plan writes. The other rules of the host stay as they were read before.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public Task<Host> ReadBackAsync(Host host, Plan plan, CancellationToken cancellationToken) =>
        _rules.ReadBackAsync(host, plan, cancellationToken);

    /// <summary>
    /// Reads the policies in force, and at the same time the networks of the container engines. Null for the networks
    /// if no policy is for one, so that a host without an engine does not wait for it.
    /// </summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<(Host Host, HostNetworks? Networks)> ReadPoliciesAsync(
        HostEngines engines, CancellationToken cancellationToken)
    {
        // The rules come first, since programs start one after the other.
        Task<Host> reading = ReadAsync(HostScope.Policies, cancellationToken);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<HostNetworks> asking = engines.ReadAsync(end.Token);
        HostNetworks? networks = null;
        try
        {
            Host host = await reading.ConfigureAwait(false);
            if (host.Policies.Any(policy => policy.Policy.Target.Network is not null))
                networks = await asking.ConfigureAwait(false);

            return (host, networks);
        }
        finally
        {
            if (networks is null)
            {
                await end.CancelAsync().ConfigureAwait(false);
                await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<Host> ReadRulesAsync(
        HostScope scope, UnreadParts unread, Host? before, CancellationToken cancellationToken)
    {
        string reason = "The firewall was not read.";
        if (scope.Firewall == FirewallNeed.IfReadable && !machine.IsRoot && !scope.HasSurroundings)
        {
            reason = "Reading the rules needs root.";
        }
        else if (scope.Firewall != FirewallNeed.Never)
        {
            try
            {
                Host host = await _rules.ReadAsync(before, cancellationToken, scope.IsOwnEnough).ConfigureAwait(false);
                // Nothing of TailSplit is in any store of iptables.
                if (host.Firewall.Tools.IsEmpty && host.Firewall.Backends.IptablesTrouble is null)
                    return host;

                OtherStoreReader other = new(machine);
                return host with
                {
                    Firewall = scope.HasSurroundings
                        ? await other.ReadWholeAsync(host, unread, cancellationToken).ConfigureAwait(false)
                        : await other.ReadAsync(host, cancellationToken).ConfigureAwait(false),
                };
            }
            catch (TailSplitException e) when (LeavesOut(scope.Firewall, e.Failure))
            {
                reason = e.Message;
                if (scope.HasSurroundings)
                    unread.Add("The firewall's rules", reason);
            }
        }

        Host routing = before ?? await ReadRoutingAsync(unread, cancellationToken).ConfigureAwait(false);
        return routing with
        {
            Firewall = routing.Firewall with
            {
                Unread = reason,
                Other = scope.HasSurroundings ? null : routing.Firewall.Other,
            },
        };
    }

    private static bool LeavesOut(FirewallNeed need, Failure failure) => need switch
    {
        FirewallNeed.IfReadable => true,
        FirewallNeed.UnlessDenied => failure.Kind == FailureKind.PermissionDenied,
        _ => false,
    };

    private async Task<Host> ReadRoutingAsync(UnreadParts unread, CancellationToken cancellationToken)
    {
        try
        {
            return await _rules.ReadRoutingAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e)
        {
            unread.Add("Interfaces, routes and ip rules", e.Message);
            return new Host { Routing = new HostRouting { Unread = e.Failure } };
        }
    }

    private async Task<ImmutableDictionary<IpFamily, ImmutableArray<LiveRoute>>?> ReadTablesAsync(
        HostScope scope, UnreadParts unread, CancellationToken cancellationToken)
    {
        IpRoute ip = new(machine.Programs);
        return scope.HasSurroundings
            ? await unread.TryAsync("All routes", ReadAsync).ConfigureAwait(false)
            : await ReadAsync().ConfigureAwait(false);

        async Task<ImmutableDictionary<IpFamily, ImmutableArray<LiveRoute>>> ReadAsync()
        {
            ImmutableArray<IpFamily> families = machine.Families;
            ImmutableArray<LiveRoute>[] routes = await Task
                .WhenAll(families.Select(family => ip.ReadTablesAsync(family, cancellationToken)))
                .ConfigureAwait(false);
            return families.Zip(routes).ToImmutableDictionary(pair => pair.First, pair => pair.Second);
        }
    }
}
