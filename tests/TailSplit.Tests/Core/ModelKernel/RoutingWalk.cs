using TailSplit.Core.Model;
using TailSplit.Tests.Fakes.Routing;

namespace TailSplit.Tests.Core.ModelKernel;

/// <summary>A packet as ip rules see it.</summary>
internal sealed record RoutedPacket(string? Iif, string From, string To, int? IpProtocol = null, int? Port = null);

/// <summary>Walks the ip rules of a model as the kernel does (net/core/fib_rules.c, fib_rules_lookup).</summary>
internal static class RoutingWalk
{
    /// <summary>The rules that match, in order, up to the one that decides.</summary>
    /// <param name="routing">The rules.</param>
    /// <param name="packet">What comes in.</param>
    /// <param name="prefixOf">The prefix length of the route that a table has; null where it has none.</param>
    public static IReadOnlyList<FakeRoutingRule> Walk(
        this FakeRoutingRules routing, RoutedPacket packet, Func<int, int?> prefixOf)
    {
        List<FakeRoutingRule> met = [];
        int next = 0;
        foreach (FakeRoutingRule rule in routing.Rules)
        {
            if (rule.Preference < next || !Matches(rule, packet))
                continue;

            met.Add(rule);
            if (rule.Goto is int target)
                next = routing.Rules.Any(other => other.Preference == target) ? target : next;
            else if (rule.End is not null || (prefixOf(rule.Table) is int length && !(length <= rule.SuppressPrefixLength)))
                break;
        }

        return met;
    }

    private static bool Matches(FakeRoutingRule rule, RoutedPacket packet) =>
        (rule.Iif is null || rule.Iif == packet.Iif)
        && Holds(rule.From, packet.From)
        && Holds(rule.To, packet.To)
        && rule.Mark is null or (0, _)
        && (rule.IpProtocol is null || rule.IpProtocol == packet.IpProtocol)
        && (rule.Port is null || rule.Port == packet.Port);

    private static bool Holds(Cidr? prefix, string address) => prefix?.Contains(Cidr.Parse(address)) != false;
}
