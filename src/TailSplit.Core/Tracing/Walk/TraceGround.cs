using TailSplit.Core.Kernel;
using TailSplit.Core.Rules;
using TailSplit.Core.Tracing.Native;

namespace TailSplit.Core.Tracing.Walk;

/// <summary>A host prepared for tracing: derived once, for any number of packets.</summary>
internal sealed class TraceGround
{
    public TraceGround(TraceHost host)
    {
        Host = host;
        Tables = new RouteTables(host.Routes);
        Types = new AddressTypes(Tables);
        Routing = new PolicyRouting([.. host.Rules.Select(rule => rule.Whole)], Tables);
        Chains = FirewallChains.Of(host, Tables, Types);
        Dictionary<KernelRoutingRule, RoutingRule> own = [];
        foreach (LiveRoutingRule rule in host.Rules.Where(rule => rule is { Own: not null, Whole: not null }))
            own.TryAdd(rule.Whole, rule.Own!);

        Own = own;
        Unseen =
        [
            .. host.Native.Unseen,
            .. NativeBlindSpots.Of(host.Native.Ruleset, host.Family),
            .. host.Firewall is null
                ? (string[])
                [
                    "the firewall's rules, which could not be read: what they mark or drop is not in this trace",
                ]
                : [],
        ];
    }

    public TraceHost Host { get; }

    public RouteTables Tables { get; }

    public AddressTypes Types { get; }

    public PolicyRouting Routing { get; }

    public FirewallChains Chains { get; }

    /// <summary>The ip rules that are TailSplit's.</summary>
    public IReadOnlyDictionary<KernelRoutingRule, RoutingRule> Own { get; }

    /// <summary>What can't be seen of the host, for any packet.</summary>
    public IReadOnlyList<string> Unseen { get; }
}
