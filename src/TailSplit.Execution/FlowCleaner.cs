using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Text;

namespace TailSplit.Execution;

/// <summary>Ends connections that began before a policy and go a way that it does not allow.</summary>
internal sealed class FlowCleaner(IProgramRunner runner)
{
    private readonly Conntrack _conntrack = new(runner);

    public bool CanSee => _conntrack.IsInstalled;

    /// <returns>How many connections went.</returns>
    public async Task<int> CleanAsync(
        IEnumerable<PolicyChange> changes, ImmutableArray<RefusedChange> refused, HostState state)
    {
        HashSet<PolicyChange> left = [.. refused.Select(change => change.Change)];
        ImmutableArray<Policy> policies =
            [.. changes.Where(change => !left.Contains(change)).OfType<PutPolicy>().Select(put => put.Policy)];
        if (policies.IsEmpty || !CanSee)
            return 0;

        FlowEnvironment environment = EnvironmentOf(state, policies[0].Tunnel);
        int[] deleted = await Task
            .WhenAll(state.Environment.Families.Select(family => CleanAsync(family, policies, environment)))
            .ConfigureAwait(false);
        return deleted.Sum();
    }

    private async Task<int> CleanAsync(IpFamily family, ImmutableArray<Policy> policies, FlowEnvironment environment)
    {
        ImmutableArray<ConntrackEntry> entries = await _conntrack.ReadAsync(family, CancellationToken.None).ConfigureAwait(false);
        ImmutableArray<ConntrackEntry> stale =
            [.. policies.SelectMany(policy => StaleFlows.Find(policy, entries, environment)).Distinct()];
        await _conntrack.DeleteAsync(stale, CancellationToken.None).ConfigureAwait(false);
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
