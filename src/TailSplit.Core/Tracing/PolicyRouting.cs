using System.Collections.Immutable;
using TailSplit.Core.Kernel;

namespace TailSplit.Core.Tracing;

/// <summary>Walks the ip rules of a family as the kernel does (net/core/fib_rules.c, fib_rules_lookup).</summary>
internal sealed class PolicyRouting(ImmutableArray<KernelRoutingRule> rules, RouteTables tables)
{
    /// <param name="packet">A packet that has come in.</param>
    /// <param name="log">Receives each rule; null if the steps are not needed.</param>
    public RouteDecision Decide(Packet packet, TraceLog? log = null)
    {
        for (int i = 0; i < rules.Length; i++)
        {
            KernelRoutingRule rule = rules[i];
            MatchAnswer answer = RoutingMatch.Of(rule, packet);
            if (answer != MatchAnswer.Yes)
            {
                log?.Pass(rule, answer);
                continue;
            }

            if (rule.Action == KernelRoutingAction.Goto && rule.Target is int target
                && IndexOf(target) is int next and >= 0)
            {
                log?.Take(rule, $"goes on with preference {target}");
                // Goto can only lead forward; the rule that it leads to is then tried as any other.
                i = Math.Max(i, next - 1);
                continue;
            }

            (RouteDecision? decision, string effect) = Act(rule, packet);
            log?.Take(rule, effect);
            if (decision is not null)
                return decision;
        }

        return new RouteDecision(RouteOutcome.NoRoute);
    }

    private int IndexOf(int preference)
    {
        for (int i = 0; i < rules.Length; i++)
        {
            if (rules[i].Preference == preference)
                return i;
        }

        return -1;
    }

    private (RouteDecision? Decision, string Effect) Act(KernelRoutingRule rule, Packet packet) => rule.Action switch
    {
        KernelRoutingAction.Prohibit => (
            new RouteDecision(RouteOutcome.Refuse, rule), "refuses it: ICMP \"packet filtered\""),
        KernelRoutingAction.Unreachable => (
            new RouteDecision(RouteOutcome.Refuse, rule), "refuses it: ICMP \"unreachable\""),
        KernelRoutingAction.Blackhole => (
            new RouteDecision(RouteOutcome.Discard, rule), "discards it without an answer"),
        KernelRoutingAction.Lookup => LookUp(rule, packet),
        // A goto without a target rule and nop change nothing.
        _ => (null, "does nothing"),
    };

    private (RouteDecision? Decision, string Effect) LookUp(KernelRoutingRule rule, Packet packet)
    {
        string table = $"table {KernelTable.NameOf(rule.Table)}";
        LiveRoute? route = tables.Find(rule.Table, packet.Destination, packet.Source);
        if (route is null)
            return (null, $"{table} has no route: goes on");

        // Only answers that lead somewhere can be suppressed; an error counts (fib_rules_lookup asks "if (!err ...").
        bool leads = route.Kind is RouteKind.Unicast or RouteKind.Local or RouteKind.Broadcast or RouteKind.Anycast
            or RouteKind.Multicast;
        if (leads && rule.SuppressPrefixLength is int length && route.Destination.PrefixLength <= length)
            return (null, $"{table} has only '{route}', which this rule leaves out: goes on");

        RouteDecision? decision = route.Kind switch
        {
            RouteKind.Throw => null,
            RouteKind.Unicast => new RouteDecision(RouteOutcome.Forward, rule, route),
            RouteKind.Unreachable or RouteKind.Prohibit => new RouteDecision(RouteOutcome.Refuse, rule, route),
            RouteKind.Blackhole => new RouteDecision(RouteOutcome.Discard, rule, route),
            _ => new RouteDecision(RouteOutcome.Deliver, rule, route),
        };
        return (decision, decision is null ? $"{table} has '{route}': goes on" : $"{table}: {route}");
    }
}
