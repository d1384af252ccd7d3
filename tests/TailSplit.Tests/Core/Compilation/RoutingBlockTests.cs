using System.Collections.Immutable;
using CsCheck;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.ModelKernel;
using TailSplit.Tests.Fakes.Routing;
using Xunit;

namespace TailSplit.Tests.Core.Compilation;

/// <summary>Where the ip rules of policies lie, and who walks them.</summary>
public sealed class RoutingBlockTests
{
    private const int BehindTheKernelsOwn = 32768;

    [Fact]
    public void Packets_of_others_walk_one_rule_of_each_policy_and_the_union_of_the_subnets()
    {
        for (int count = 1; count <= 16; count++)
        {
            RoutingRule[] walked = [.. Compile([.. Enumerable.Range(0, count).Select(Policy)], RuleEnvironment.Usual)
                .Where(rule => rule is { Family: IpFamily.IPv4, Preference: < BehindTheKernelsOwn })];

            Assert.Equal(count, walked.Count(rule => rule.Action == RoutingAction.Goto));
            // 172.16.0.0/16 and the next ones: as many prefixes as the number has binary ones.
            Assert.Equal(count + int.PopCount(count), walked.Length);
        }
    }

    [Fact]
    public void Rules_behind_all_others_name_a_bridge_or_subnet_and_have_a_way_in() => PolicyGen.Sets.Sample(policies =>
    {
        foreach (IGrouping<IpFamily, RoutingRule> rules in Compile(policies, RuleEnvironment.Usual)
            .GroupBy(rule => rule.Family))
        {
            foreach (RoutingRule rule in rules.Where(rule => rule.Preference >= BehindTheKernelsOwn))
            {
                Assert.True(rule.Iif is not null || rule.From is not null, rule.CommandLine);
                Assert.Contains(rules, other => other.Action == RoutingAction.Goto && other.Target <= rule.Preference
                    && (other.Iif is null ? other.From == rule.From : other.Iif == rule.Iif));
            }

            Assert.All(
                rules.Where(rule => rule.Action == RoutingAction.Goto),
                entry => Assert.Contains(rules, rule => rule.Preference == entry.Target
                    && (entry.Iif is null ? entry.From == rule.From : entry.Iif == rule.Iif)));
        }
    }, print: Show.Policies);

    [Fact]
    public void Packets_of_others_meet_none_of_the_rules_of_blocks() => PolicyGen.Sets.Sample(policies =>
    {
        KernelModel kernel = new();
        kernel.Put(RuleEnvironment.Usual, policies);

        // No table has a route for it, so it walks to the end.
        IReadOnlyList<FakeRoutingRule> met = kernel.Routing[IpFamily.IPv4].Walk(
            new RoutedPacket("br-other", "192.0.2.1", "198.51.100.1"), _ => null);

        Assert.Equal([0, 32766, 32767], met.Select(rule => rule.Preference));
    }, print: Show.Policies);

    [Fact]
    public void A_policy_stays_where_it_is_while_others_come_and_go() => PolicyGen.NonEmptySets.Sample(policies =>
    {
        RoutingRule[] all = Compile(policies, RuleEnvironment.Usual);

        Assert.All(policies, policy => Assert.All(
            Compile([policy], RuleEnvironment.Usual).Where(rule => rule.Iif is not null || rule.From is not null),
            rule => Assert.Contains(rule, all)));
    }, print: Show.Policies);

    [Theory]
    [InlineData("32766", 40_000)]
    [InlineData("39999", 40_000)]
    [InlineData("40000", 105_536)]
    [InlineData("105535", 105_536)]
    [InlineData("105535,105536", 171_072)]
    [InlineData("4000000000", 40_000)]
    public void Blocks_are_at_preferences_without_foreign_rules(string preferences, int start)
    {
        LiveRoutingRule[] rules = [.. preferences.Split(',').SelectMany(preference => Foreign(preference))];

        RuleEnvironment found = TunnelPreferences.Apply(RuleEnvironment.Usual, rules);

        Assert.Equal((start, start), (found.BlockStart, found.FreeBlockStart));
    }

    [Fact]
    public void Blocks_in_force_stay_although_a_rule_of_others_comes_and_move_with_the_base()
    {
        Policy[] policies = [Policy(0), Policy(1)];
        LiveRoutingRule[] rules =
        [
            .. Compile(policies, RuleEnvironment.Usual).Select(rule => new LiveRoutingRule(
                new KernelRoutingRule(rule.Family, rule.Preference, default) { Protocol = RoutingRule.Protocol },
                rule)),
            .. Foreign("50000"),
        ];

        RuleEnvironment found = TunnelPreferences.Apply(RuleEnvironment.Usual, rules);

        Assert.Equal((40_000, 105_536), (found.BlockStart, found.FreeBlockStart));
        Assert.Equal(40_000, After(found, 5100).BlockStart);
        Assert.Equal(105_536, After(found, 5090).BlockStart);
    }

    [Fact]
    public void A_move_of_base_and_blocks_leaves_nothing_behind()
    {
        Policy[] policies = [Policy(0), Policy(1)];
        RuleEnvironment moved = RuleEnvironment.Usual with { BasePreference = 2480, BlockStart = 105_536 };
        KernelModel direct = new();
        direct.Put(moved, policies);
        KernelModel kernel = new();
        kernel.Put(RuleEnvironment.Usual, policies);

        kernel.Put(moved, policies);

        Assert.Equal(direct.State, kernel.State);
    }

    private static RuleEnvironment After(RuleEnvironment environment, int place)
    {
        PolicySet set = new([], environment);
        Failure? failure = set.Apply(new PutPolicy(Policy(0), Force: true) { RulePreference = place });
        Assert.Null(failure);
        return set.Environment;
    }

    private static Policy Policy(int index)
    {
        PolicyTarget target = Samples.Target($"br-{index:d12}", $"172.{16 + index}.0.0/16");
        return index % 2 == 0 ? Samples.Killswitch($"k{index}", target) : Samples.Bypass($"b{index}", target);
    }

    private static ImmutableArray<LiveRoutingRule> Foreign(string preference) => RoutingRuleJson.Parse(
        IpFamily.IPv4, $$"""[{"priority":{{preference}},"src":"all","table":"100"}]""");

    private static RoutingRule[] Compile(Policy[] policies, RuleEnvironment environment) =>
    [
        .. RuleCompiler.Compile(policies, environment, _ => HookSites.Usual)
            .Select(rule => rule.Rule)
            .OfType<RoutingRule>(),
    ];
}
