using TailSplit.Core.Model;

namespace TailSplit.Tests.Core.ModelKernel;

/// <summary>A packet as ip rules see it.</summary>
internal sealed record RoutedPacket(string? Iif, string From, string To, string? IpProtocol = null, int? Port = null);

/// <summary>Walks the ip rules of a model as the kernel does (net/core/fib_rules.c, fib_rules_lookup).</summary>
internal static class RoutingWalk
{
    /// <summary>The rules that match, in order, up to the one that decides.</summary>
    /// <param name="routing">The rules.</param>
    /// <param name="packet">What comes in.</param>
    /// <param name="prefixOf">The prefix length of the route that a table has; null where it has none.</param>
    public static IReadOnlyList<RoutingEntry> Walk(
        this RoutingModel routing, RoutedPacket packet, Func<int, int?> prefixOf)
    {
        List<RoutingEntry> met = [];
        int next = 0;
        foreach (RoutingEntry rule in routing.Rules)
        {
            if (rule.Preference < next || !Matches(rule, packet))
                continue;

            met.Add(rule);
            if (rule.Action == "goto")
                next = routing.Rules.Any(other => other.Preference == rule.Target) ? rule.Target!.Value : next;
            else if (rule.Action != "lookup" || (prefixOf(rule.Table) is int length && !(length <= rule.Suppress)))
                break;
        }

        return met;
    }

    private static bool Matches(RoutingEntry rule, RoutedPacket packet) =>
        (rule.Iif is null || rule.Iif == packet.Iif)
        && Holds(rule.From, packet.From)
        && Holds(rule.To, packet.To)
        && (rule.Mask == 0 || rule.Mark == 0)
        && (rule.IpProtocol is null || rule.IpProtocol == packet.IpProtocol)
        && (rule.Port is null || rule.Port == packet.Port);

    private static bool Holds(string? prefix, string address) =>
        prefix is null || Cidr.Parse(prefix).Contains(Cidr.Parse(address));
}
