using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Text;

namespace TailSplit.Execution;

/// <summary>
/// Ends connections that began before a policy and go a way that it does not allow. The kernel's table of connections
/// is long in the reading, so that is done while the rules are read back.
/// </summary>
internal sealed class FlowCleaner
{
    private readonly Conntrack _conntrack;
    private readonly ImmutableArray<Policy> _policies;
    private Task<ImmutableArray<ConntrackEntry>>? _reading;

    public FlowCleaner(IProgramRunner runner, IEnumerable<PolicyChange> changes, ImmutableArray<RefusedChange> refused)
    {
        _conntrack = new Conntrack(runner);
        HashSet<PolicyChange> left = [.. refused.Select(change => change.Change)];
        _policies = [.. changes.Where(change => !left.Contains(change)).OfType<PutPolicy>().Select(put => put.Policy)];
    }

    public bool CanSee => _conntrack.IsInstalled;

    /// <summary>
    /// Begins to read the connections that there are now. Call it once the rules are written, and again if they were
    /// not.
    /// </summary>
    public void BeginReading(IEnumerable<IpFamily> families)
    {
        // A connection is told by the addresses of a policy's subnets: there is none in a family without any.
        IpFamily[] read = [.. families.Where(family => _policies.Any(
            policy => policy.Target.Subnets.Any(subnet => subnet.Family == family)))];
        _reading = read.Length > 0 && CanSee ? _conntrack.ReadAsync(read, CancellationToken.None) : null;
    }

    /// <summary>Ends those that the policies do not allow, by the host as it is with the rules in force.</summary>
    /// <returns>How many connections went.</returns>
    public async Task<int> CleanAsync(HostState state)
    {
        if (_reading is null)
            return 0;

        FlowEnvironment environment = EnvironmentOf(state, _policies[0].Tunnel);
        ImmutableArray<ConntrackEntry> entries = await _reading.ConfigureAwait(false);
        ConntrackEntry[] stale =
            [.. _policies.SelectMany(policy => StaleFlows.Find(policy, entries, environment)).Distinct()];
        await Task.WhenAll(stale
            .GroupBy(entry => entry.OriginalSource.AddressFamily)
            .Select(family => _conntrack.DeleteAsync(family, CancellationToken.None))).ConfigureAwait(false);
        return stale.Length;
    }

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
