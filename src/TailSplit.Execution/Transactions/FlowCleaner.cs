using System.Collections.Immutable;
using System.Net;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Flows;
using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Execution.Files;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Transactions;

/// <summary>
/// Ends connections that began before a policy and that it does not allow. Reading the conntrack table is slow, so it
/// runs while the rules are read back. A failure does not affect the policy, which is already in force.
/// </summary>
internal sealed class FlowCleaner : IAsyncDisposable
{
    // Each deletion walks the whole table, so more at once only load the machine.
    private const int AtOnce = 4;

    // The number of connections in this network namespace (linux net/netfilter/nf_conntrack_standalone.c).
    private const string CountFile = "/proc/sys/net/netfilter/nf_conntrack_count";

    private readonly Conntrack _conntrack;
    private readonly IHostFiles _files;
    private readonly ImmutableArray<Policy> _policies;
    private readonly CancellationTokenSource _end;
    private Task<ImmutableArray<ConntrackEntry>>? _reading;

    /// <param name="machine">Reaches the host.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="refused">The changes that were refused.</param>
    /// <param name="cancellationToken">Stops it at any time, since it writes no rules.</param>
    public FlowCleaner(
        Machine machine,
        IEnumerable<PolicyChange> changes,
        ImmutableArray<RefusedChange> refused,
        CancellationToken cancellationToken)
    {
        _conntrack = new Conntrack(machine.Programs);
        _files = machine.Files;
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        HashSet<PolicyChange> left = [.. refused.Select(change => change.Change)];
        _policies = [.. changes.Where(change => !left.Contains(change)).OfType<PutPolicy>().Select(put => put.Policy)];
    }

    /// <summary>Starts to read the current connections. The caller calls it after each commit of rules.</summary>
    public void BeginReading(IEnumerable<IpFamily> families)
    {
        // A connection is found by the subnets of a policy, so a family without a subnet has none.
        IpFamily[] read = [.. families.Where(family => _policies.Any(
            policy => policy.Target.Subnets.Any(subnet => subnet.Family == family)))];
        if (read.Length > 0 && _conntrack.IsInstalled && _files.TryRead(CountFile)?.Trim() != "0")
            _reading = ReadAfterAsync(_reading, read);
    }

    /// <summary>Ends the connections that the policies do not allow, given the host with the rules in force.</summary>
    public async Task<FlowOutcome> CleanAsync(Host host)
    {
        if (_policies.IsEmpty)
            return FlowOutcome.None;

        if (_reading is null)
        {
            return _conntrack.IsInstalled
                ? FlowOutcome.None
                : Left(0, Failures.NotInstalled(Conntrack.Program, ProgramPackage.Of(Conntrack.Program)));
        }

        int ended = 0;
        try
        {
            FlowEnvironment environment = EnvironmentOf(host, _policies[0].Tunnel);
            ImmutableArray<ConntrackEntry> entries = await _reading.ConfigureAwait(false);
            await Parallel.ForEachAsync(
                _policies.SelectMany(policy => FlowFilters.Find(policy, entries, environment)).Distinct(),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = _end.Token },
                async (filter, stop) => Interlocked.Add(
                    ref ended, await _conntrack.DeleteAsync(filter, stop).ConfigureAwait(false))).ConfigureAwait(false);
            return new FlowOutcome(ended, null, []);
        }
        catch (TailSplitException e)
        {
            return Left(ended, e.Failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        if (_reading is not null)
            await ((Task)_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        _end.Dispose();
    }

    // A list from before the last commit may lack connections, so it is discarded.
    private async Task<ImmutableArray<ConntrackEntry>> ReadAfterAsync(Task? before, IpFamily[] families)
    {
        if (before is not null)
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        return await _conntrack.ReadAsync(families, _end.Token).ConfigureAwait(false);
    }

    private FlowOutcome Left(int ended, Failure reason) =>
        new(ended, reason, Cidr.Normalise(_policies.SelectMany(policy => policy.Target.Subnets)));

    private static FlowEnvironment EnvironmentOf(Host host, InterfaceName tunnel) => new(
        [.. AddressesOf(host, link => link.Name == tunnel.ToString())],
        [.. AddressesOf(host, _ => true)],
        [.. host.Routing.TunnelRoutes
            .Where(route => route.Type is null && !route.IsDefault)
            .Select(route => Cidr.TryParse(route.Destination, out Cidr prefix) ? prefix : (Cidr?)null)
            .OfType<Cidr>()]);

    private static IEnumerable<IPAddress> AddressesOf(Host host, Func<HostInterface, bool> which) =>
        host.Routing.Interfaces.Where(which).SelectMany(link => link.Addresses).Select(address => address.Address);
}
