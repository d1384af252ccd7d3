using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Flows;

/// <summary>
/// Finds a few filters that end the connections which violate a policy. No other connection matches, neither an
/// existing one nor a new one that the policy allows.
/// </summary>
public static class FlowFilters
{
    /// <param name="policy">The policy.</param>
    /// <param name="entries">All connections that there are.</param>
    /// <param name="environment">What tells by which way they leave.</param>
    public static ImmutableArray<FlowFilter> Find(
        Policy policy, ImmutableArray<ConntrackEntry> entries, FlowEnvironment environment)
    {
        HashSet<ConntrackEntry> stale = new(
            StaleFlows.Find(policy, entries, environment), ReferenceEqualityComparer.Instance);
        ConntrackEntry[] kept = [.. entries.Where(entry => !stale.Contains(entry))];
        Cidr[] allowed = [.. Allowed(policy, environment)];
        return
        [
            .. stale
                .GroupBy(entry => FilterFor(policy.Target, entry))
                .SelectMany(group => Narrow(group.Key, [.. group], kept, allowed)),
        ];
    }

    // By its way: all connections of one subnet that left with one address, or all that one container answers.
    private static FlowFilter FilterFor(PolicyTarget target, ConntrackEntry entry) =>
        SubnetOf(target, entry.OriginalSource) is Cidr source
            ? new FlowFilter(source.Family)
            {
                Source = source,
                ReplyDestination = entry.ReplyDestination,
            }
            : new FlowFilter(Cidr.Of(entry.ReplySource).Family)
            {
                ReplySource = entry.ReplySource,
            };

    private static IEnumerable<FlowFilter> Narrow(
        FlowFilter filter, ConntrackEntry[] stale, ConntrackEntry[] kept, Cidr[] allowed)
    {
        ConntrackEntry[] beside = [.. kept.Where(filter.Matches)];
        Cidr[] spared = [.. allowed, .. beside.Select(entry => Cidr.Of(FarEnd(filter, entry)))];
        FlowFilter[] wide =
        [
            .. AddressCover
                .Of(filter.Family, stale.Select(entry => FarEnd(filter, entry)), spared)
                .Select(prefix => To(filter, prefix)),
        ];
        IEnumerable<FlowFilter> rest = stale
            .Where(entry => !wide.Any(each => each.Matches(entry)))
            .GroupBy(entry => (entry.OriginalSource, entry.OriginalDestination))
            .SelectMany(group => One(filter, [.. group], beside));
        return wide.Concat(rest);
    }

    // To an address that others may go on with: by both ends, or each by itself.
    private static IEnumerable<FlowFilter> One(FlowFilter filter, ConntrackEntry[] stale, ConntrackEntry[] beside)
    {
        FlowFilter pair = filter with
        {
            Source = Cidr.Of(stale[0].OriginalSource),
            Destination = Cidr.Of(stale[0].OriginalDestination),
        };
        return beside.Any(pair.Matches)
            ? stale.Select(entry => new FlowFilter(filter.Family) { Only = entry })
            : [pair];
    }

    private static bool IsOutgoing(FlowFilter filter) => filter.Source is not null;

    private static IPAddress FarEnd(FlowFilter filter, ConntrackEntry entry) =>
        IsOutgoing(filter) ? entry.OriginalDestination : entry.OriginalSource;

    private static FlowFilter To(FlowFilter filter, Cidr prefix) =>
        IsOutgoing(filter) ? filter with { Destination = prefix } : filter with { Source = prefix };

    private static Cidr? SubnetOf(PolicyTarget target, IPAddress address)
    {
        foreach (Cidr subnet in target.Subnets)
        {
            if (subnet.Contains(address))
                return subnet;
        }

        return null;
    }

    private static IEnumerable<Cidr> Allowed(Policy policy, FlowEnvironment environment) => policy switch
    {
        KillswitchPolicy killswitch =>
        [
            .. killswitch.Target.Subnets, .. policy.Provider.Ranges, .. killswitch.AllowDestination,
            .. environment.HostAddresses.Select(address => Cidr.Of(address)),
        ],
        BypassPolicy bypass =>
            [.. policy.Provider.Ranges, .. bypass.Exclude, .. environment.TunnelPrefixes],
        _ => throw new ArgumentOutOfRangeException(nameof(policy)),
    };
}
