using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Tests.Core.Goldens;
using TailSplit.Tests.Core.Text;
using Xunit;

namespace TailSplit.Tests.Core.Planning;

/// <summary>The rules of version 0.1.0, which dropped no forged packets and let AllowPublishedPort to any route but the
/// default.</summary>
public sealed class UpgradeTests
{
    private static readonly LiveRules s_live = new(
        new Dictionary<IpFamily, SavedRuleset>
        {
            [IpFamily.IPv4] = Saves.Parse("own-0.1.0-v4-nft.save"),
            [IpFamily.IPv6] = Saves.Parse("own-0.1.0-v6-nft.save"),
        },
        [
            .. RoutingRuleJson.Parse(IpFamily.IPv4, Saves.Read("own-0.1.0-v4.rules.json")),
            .. RoutingRuleJson.Parse(IpFamily.IPv6, Saves.Read("own-0.1.0-v6.rules.json")),
        ]);

    // That version had no name servers.
    private static readonly Policy[] s_policies =
    [
        .. HostGoldenTests.Policies
            .Select(policy => policy is KillswitchPolicy killswitch ? killswitch with { DnsServer = [] } : policy)
            .OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal),
    ];

    [Fact]
    public void Its_policies_are_read_whole_and_shown_as_degraded()
    {
        ImmutableArray<LivePolicy> read = PolicyReader.Read(s_live, HostGoldenTests.OnLan);

        Assert.Equal(s_policies, read.Select(policy => policy.Policy));
        Assert.All(read, policy => Assert.True(policy.IsWhole));
        PolicyAssessment assessment = new(s_live, HostGoldenTests.OnLan);
        Assert.All(read, policy => Assert.NotEmpty(assessment.Missing(policy)));
    }

    [Fact]
    public void Asking_for_the_same_again_repairs_them_without_force_and_takes_nothing_away_that_refuses()
    {
        PolicySet set = new(PolicyReader.Read(s_live, HostGoldenTests.OnLan), HostGoldenTests.OnLan);
        foreach (Policy policy in s_policies)
            Assert.Null(set.Apply(new PutPolicy(policy, Force: false)));

        Plan plan = Planner.Plan(s_live, set, HostGoldenTests.OnLan);

        Assert.False(plan.IsEmpty);
        Assert.False(plan.RoutingFirst);
        Assert.All(plan.Batch.Values, batch => Assert.DoesNotContain(
            batch.Split('\n'),
            line => line.StartsWith("rule del", StringComparison.Ordinal)
                && (line.Contains("prohibit", StringComparison.Ordinal) || line.Contains("blackhole", StringComparison.Ordinal))));
    }
}
