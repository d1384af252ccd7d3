using System.Collections.Immutable;
using System.Net;
using TailSplit.Core;
using TailSplit.Core.Flows;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Transactions;

/// <summary>
/// Ends connections that began before a policy and go a way that it does not allow. The kernel's table of connections
/// is long in the reading, so that is done while the rules are read back. Its failure is none of the policy, which is
/// in force by then.
/// </summary>
internal sealed class FlowCleaner : IAsyncDisposable
{
    // Each looks through the whole table; more at once only take the machine from others.
    private const int AtOnce = 4;

    private readonly Conntrack _conntrack;
    private readonly ImmutableArray<Policy> _policies;
    private readonly CancellationTokenSource _end;
    private Task<ImmutableArray<ConntrackEntry>>? _reading;

    /// <param name="runner">Reaches the host.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="refused">Those that were left out.</param>
    /// <param name="cancellationToken">Stops it at any time: the rules are written by others.</param>
    public FlowCleaner(
        IProgramRunner runner,
        IEnumerable<PolicyChange> changes,
        ImmutableArray<RefusedChange> refused,
        CancellationToken cancellationToken)
    {
        _conntrack = new Conntrack(runner);
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        HashSet<PolicyChange> left = [.. refused.Select(change => change.Change)];
        _policies = [.. changes.Where(change => !left.Contains(change)).OfType<PutPolicy>().Select(put => put.Policy)];
    }

    /// <summary>
    /// Begins to read the connections that there are now. Call it once the rules are written, and again if they were
    /// not.
    /// </summary>
    public void BeginReading(IEnumerable<IpFamily> families)
    {
        // A connection is told by the addresses of a policy's subnets: there is none in a family without any.
        IpFamily[] read = [.. families.Where(family => _policies.Any(
            policy => policy.Target.Subnets.Any(subnet => subnet.Family == family)))];
        if (read.Length > 0 && _conntrack.IsInstalled)
            _reading = ReadAfterAsync(_reading, read);
    }

    /// <summary>Ends those that the policies do not allow, by the host as it is with the rules in force.</summary>
    public async Task<EndedFlows> CleanAsync(HostState state)
    {
        if (_policies.IsEmpty)
            return EndedFlows.None;

        if (_reading is null)
        {
            return _conntrack.IsInstalled
                ? EndedFlows.None
                : Left(0, Failures.NotInstalled(Conntrack.Program, ProgramPackage.Of(Conntrack.Program)));
        }

        int ended = 0;
        try
        {
            FlowEnvironment environment = EnvironmentOf(state, _policies[0].Tunnel);
            ImmutableArray<ConntrackEntry> entries = await _reading.ConfigureAwait(false);
            await Parallel.ForEachAsync(
                _policies.SelectMany(policy => FlowFilters.Find(policy, entries, environment)).Distinct(),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = _end.Token },
                async (filter, stop) => Interlocked.Add(
                    ref ended, await _conntrack.DeleteAsync(filter, stop).ConfigureAwait(false))).ConfigureAwait(false);
            return new EndedFlows(ended, null, []);
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

    // What was read before the rules were written again says nothing.
    private async Task<ImmutableArray<ConntrackEntry>> ReadAfterAsync(Task? before, IpFamily[] families)
    {
        if (before is not null)
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        return await _conntrack.ReadAsync(families, _end.Token).ConfigureAwait(false);
    }

    private EndedFlows Left(int ended, Failure reason) =>
        new(ended, reason, Cidr.Normalise(_policies.SelectMany(policy => policy.Target.Subnets)));

    private static FlowEnvironment EnvironmentOf(HostState state, InterfaceName tunnel) => new(
        [.. AddressesOf(state, link => link.Name == tunnel.ToString())],
        [.. AddressesOf(state, _ => true)],
        [.. state.TunnelRoutes
            .Where(route => route.Type is null && !route.IsDefault)
            .Select(route => Cidr.TryParse(route.Destination, out Cidr prefix) ? prefix : (Cidr?)null)
            .OfType<Cidr>()]);

    private static IEnumerable<IPAddress> AddressesOf(HostState state, Func<HostInterface, bool> which) =>
        state.Interfaces.Where(which).SelectMany(link => link.Addresses).Select(address => address.Address);
}
