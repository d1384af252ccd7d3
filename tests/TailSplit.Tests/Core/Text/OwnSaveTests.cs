using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Goldens;
using Xunit;

namespace TailSplit.Tests.Core.Text;

/// <summary>TailSplit's rules as the real tools print them back: Golden/saves/own-*.</summary>
public sealed class OwnSaveTests
{
    public static TheoryData<string> Variants { get; } = ["nft", "legacy"];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_rule_of_ours_prints_as_the_real_tool_prints_it(string variant)
    {
        foreach (IpFamily family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
        {
            string[] printed =
                [.. Saves.Read($"own-v{(int)family}-{variant}.save").Split('\n').Select(WithoutCounters)];
            foreach (IptablesRule rule in Compiled().OfType<IptablesRule>().Where(rule => rule.Family == family))
                Assert.Contains($"-A {rule.Chain} {rule.Specification}", printed);
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_rule_of_ours_survives_being_read(string variant)
    {
        foreach (SavedRule rule in Saved(variant).Values.SelectMany(saved => saved.Tables).SelectMany(
            table => table.Chains).SelectMany(chain => chain.Rules))
            Assert.Equal(rule.Specification.ToString(), IptablesSpecification.Parse(rule.Specification).ToString());
    }

    [Fact]
    public void Every_ip_rule_of_ours_is_read_as_it_was_written() => Assert.Equal(
        Compiled().OfType<RoutingRule>().Select(rule => rule.CommandLine).Order(StringComparer.Ordinal),
        Routing().Select(rule => rule.Own).OfType<RoutingRule>().Select(rule => rule.CommandLine).Order(
            StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Variants))]
    public void What_the_real_tools_print_is_what_was_asked_for(string variant)
    {
        LiveRules live = new(Saved(variant), Routing());

        ImmutableArray<LivePolicy> read = PolicyReader.Read(live, HostGoldenTests.OnLan);

        Assert.Equal(
            HostGoldenTests.Policies.OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal),
            read.Select(policy => policy.Policy));
        // DOCKER-USER is there but nobody jumps to it: one jump more, from FORWARD, is all there is to do.
        Plan plan = Planner.Plan(live, new PolicySet(read, HostGoldenTests.OnLan), HostGoldenTests.OnLan);
        Assert.All(plan.Changes.Where(change => change.Kind != RuleChangeKind.Keep), change =>
            Assert.Equal("FORWARD", Assert.IsType<IptablesRule>(change.Rule.Rule).Chain));
    }

    private static IEnumerable<Rule> Compiled() =>
        RuleCompiler.Compile(HostGoldenTests.Policies, HostGoldenTests.OnLan, _ => HookSites.Usual)
            .Select(rule => rule.Rule);

    private static Dictionary<IpFamily, SavedRuleset> Saved(string variant) => new()
    {
        [IpFamily.IPv4] = Saves.Parse($"own-v4-{variant}.save"),
        [IpFamily.IPv6] = Saves.Parse($"own-v6-{variant}.save"),
    };

    private static IEnumerable<LiveRoutingRule> Routing() =>
    [
        .. RoutingRuleJson.Parse(IpFamily.IPv4, Saves.Read("own-v4.rules.json")),
        .. RoutingRuleJson.Parse(IpFamily.IPv6, Saves.Read("own-v6.rules.json")),
    ];

    private static string WithoutCounters(string line) =>
        line.StartsWith('[') ? line[(line.IndexOf(']', StringComparison.Ordinal) + 2)..] : line;
}
