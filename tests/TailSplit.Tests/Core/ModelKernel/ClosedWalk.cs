using TailSplit.Core.Model;
using TailSplit.Tests.Fakes.Routing;
using Xunit;

namespace TailSplit.Tests.Core.ModelKernel;

/// <summary>
/// What ip rules alone do with packets of a killswitch to the internet and to networks of other policies, while the
/// tunnel has no route.
/// </summary>
internal static class ClosedWalk
{
    private const int Main = 254;

    private const int Udp = 17;

    private static readonly string[] s_somewhere = ["198.18.0.77", "2001:db9::77"];

    /// <summary>Nothing of the network takes a route of the main table.</summary>
    /// <param name="routing">The rules of one family.</param>
    /// <param name="policy">The killswitch.</param>
    /// <param name="others">Subnets that are reached by main.</param>
    public static void AssertClosed(FakeRoutingRules routing, KillswitchPolicy policy, params IEnumerable<Cidr> others)
    {
        bool isIPv4 = routing.Rules.Any(rule => rule.Preference == 32767);
        IpFamily family = isIPv4 ? IpFamily.IPv4 : IpFamily.IPv6;
        AssertClosed(routing, policy, s_somewhere[isIPv4 ? 0 : 1], 0, family);
        foreach (Cidr other in others
            .Where(subnet => subnet.Family == family && !policy.Target.Subnets.Any(subnet.Overlaps)))
            AssertClosed(routing, policy, $"{other.Address}", other.PrefixLength, family);
    }

    private static void AssertClosed(
        FakeRoutingRules routing, KillswitchPolicy policy, string to, int prefix, IpFamily family)
    {
        foreach (RoutedPacket packet in Packets(policy, to, family))
        {
            IReadOnlyList<FakeRoutingRule> met = routing.Walk(packet, table => table == Main ? prefix : null);
            Assert.True(
                met.Count > 0 && met[^1].IsEnd,
                $"{packet} is not refused:\n{string.Join('\n', met)}\nof\n{string.Join('\n', routing.Rules)}");
        }
    }

    private static IEnumerable<RoutedPacket> Packets(KillswitchPolicy policy, string to, IpFamily family)
    {
        string? bridge = policy.Target.Bridge?.ToString();
        foreach (Cidr subnet in policy.Target.SubnetsOf(family))
        {
            yield return new RoutedPacket(bridge, $"{subnet.Address}", to);
            yield return new RoutedPacket(bridge, $"{subnet.Address}", to, Udp, 53);
        }

        if (bridge is not null)
            yield return new RoutedPacket(bridge, family == IpFamily.IPv4 ? "198.18.0.1" : "2001:db9::1", to);
    }
}
