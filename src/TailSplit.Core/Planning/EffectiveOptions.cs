using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Planning;

/// <summary>
/// Leaves out destinations without an effect. The rest can be read back from the rules, so the same request again
/// changes nothing.
/// </summary>
internal static class EffectiveOptions
{
    public static Policy Of(Policy policy, RuleEnvironment environment)
    {
        // The network can't send to the other family.
        HashSet<IpFamily> families = [.. policy.Target.Subnets
            .Select(subnet => subnet.Family)
            .Intersect(environment.Families)];
        return policy switch
        {
            KillswitchPolicy killswitch => killswitch with
            {
                AllowDestination = Without(killswitch.AllowDestination, policy.Target.Subnets, families),
                DnsServer = Servers(killswitch.DnsServer, families),
            },
            BypassPolicy bypass => bypass with
            {
                Exclude = Without(bypass.Exclude, BypassRules.NeverMarked(policy.Provider), families),
            },
            _ => throw new ArgumentOutOfRangeException(nameof(policy)),
        };
    }

    // A server of a family without queries only means that no other server is used.
    private static ImmutableArray<Cidr> Servers(ImmutableArray<Cidr> servers, HashSet<IpFamily> families)
    {
        ImmutableArray<Cidr> asked =
            [.. servers.Where(server => server != KillswitchPolicy.NoDns && families.Contains(server.Family))];
        return asked.IsEmpty && !servers.IsEmpty ? [KillswitchPolicy.NoDns] : asked;
    }

    private static ImmutableArray<Cidr> Without(
        ImmutableArray<Cidr> destinations, IEnumerable<Cidr> redundant, HashSet<IpFamily> families) =>
        [.. destinations.Where(to => families.Contains(to.Family) && !redundant.Any(prefix => prefix.Contains(to)))];
}
