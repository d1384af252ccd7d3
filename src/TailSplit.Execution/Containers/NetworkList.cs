using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Execution.Routing;

namespace TailSplit.Execution.Containers;

/// <summary>
/// The networks of the host's engines, each with the policy in force on it. It needs no root on a host with only
/// Docker.
/// </summary>
public sealed class NetworkList(Machine machine, HostEngines engines)
{
    /// <exception cref="TailSplitException">As <see cref="HostEngines.ListNetworksAsync"/>.</exception>
    public async Task<HostNetworks> ReadAsync(CancellationToken cancellationToken)
    {
        // ip answers long before Docker, so reading the rules at the same time adds no delay.
        Task<HostNetworks> listing = engines.ListNetworksAsync(cancellationToken);
        Task<(ImmutableArray<RoutingRule> Rules, string? Unread)> reading = ReadRulesAsync(cancellationToken);
        await Task.WhenAll(listing, reading).ConfigureAwait(false);
        (ImmutableArray<RoutingRule> rules, string? unread) = await reading.ConfigureAwait(false);
        HostNetworks networks = await listing.ConfigureAwait(false);
        return networks with
        {
            Networks = [.. networks.Networks.Select(network => PolicyInForce.Show(network, rules, unread))],
        };
    }

    private async Task<(ImmutableArray<RoutingRule> Rules, string? Unread)> ReadRulesAsync(
        CancellationToken cancellationToken)
    {
        (ImmutableArray<LiveRoutingRule> Rules, string? Unread)[] families = await Task
            .WhenAll(machine.Families.Select(family => TryReadAsync(family, cancellationToken)))
            .ConfigureAwait(false);
        return (
            [.. families.SelectMany(family => family.Rules).Select(rule => rule.Own).OfType<RoutingRule>()],
            families.Select(family => family.Unread).FirstOrDefault(unread => unread is not null));
    }

    private async Task<(ImmutableArray<LiveRoutingRule> Rules, string? Unread)> TryReadAsync(
        IpFamily family, CancellationToken cancellationToken)
    {
        try
        {
            return (
                await new IpRoute(machine.Programs).ReadRulesAsync(family, cancellationToken).ConfigureAwait(false),
                null);
        }
        catch (TailSplitException e)
        {
            return ([], e.Message);
        }
    }
}
