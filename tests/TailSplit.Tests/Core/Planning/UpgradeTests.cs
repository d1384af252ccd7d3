using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Goldens;
using TailSplit.Tests.Core.ModelKernel;
using TailSplit.Tests.Core.Text;
using TailSplit.Tests.Fakes.Netfilter;
using TailSplit.Tests.Fakes.Routing;
using Xunit;

namespace TailSplit.Tests.Core.Planning;

/// <summary>
/// The rules of earlier versions: 0.1.0, which dropped no forged packets and let AllowPublishedPort to any route but
/// the default; the last one whose ip rules all preceded Tailscale's; and the last one whose killswitches had no chain
/// for the packets of their bridge.
/// </summary>
public sealed class UpgradeTests
{
    private const string BeforeBridgeChains = "before-bridge-chains";

    public static TheoryData<string> Versions { get; } = ["0.1.0", "before-blocks", BeforeBridgeChains];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Its_policies_are_read_whole_and_shown_as_degraded(string version)
    {
        LiveRules live = Live(version);
        ImmutableArray<LivePolicy> read = PolicyReader.Read(live, HostGoldenTests.OnLan);

        Assert.Equal(Policies(version), read.Select(policy => policy.Policy));
        Assert.All(read, policy => Assert.True(policy.IsWhole));
        PolicyAssessment assessment = new(live, HostGoldenTests.OnLan);
        Assert.All(
            read.Where(policy => version != BeforeBridgeChains || policy.Policy is KillswitchPolicy),
            policy => Assert.NotEmpty(assessment.Missing(policy)));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void The_base_preference_of_rules_of_an_earlier_version_is_read(string version) =>
        Assert.Equal(TunnelProvider.Tailscale.BasePreference, BasePreference.Of(Live(version).Routing));

    [Theory]
    [MemberData(nameof(Versions))]
    public void The_same_command_repairs_them_without_force_and_ends_in_the_current_rules(string version)
    {
        Plan plan = Repair(version);

        Assert.False(plan.RoutingFirst);
        foreach (IpFamily family in IpFamilies.All)
        {
            FakeRoutingRules routing = Routing(version, family);
            routing.RunAll(plan.Batch.GetValueOrDefault(family, ""));

            Assert.Equal(
                RuleCompiler.Compile(Policies(version), HostGoldenTests.OnLan, _ => HookSites.Usual)
                    .Select(rule => rule.Rule)
                    .OfType<RoutingRule>()
                    .Where(rule => rule.Family == family)
                    .Select(rule => $"{FakeRoutingRules.Parse(family, rule.Selector)}")
                    .Order(StringComparer.Ordinal),
                routing.Rules
                    .Where(rule => rule.Protocol == RoutingRule.Protocol)
                    .Select(rule => $"{rule}")
                    .Order(StringComparer.Ordinal));
        }
    }

    // Each table is one commit of iptables-restore, so no packet meets a chain that is emptied or not filled yet.
    [Fact]
    public void Chains_for_the_packets_of_a_bridge_come_in_the_one_commit_that_leads_to_them()
    {
        Plan plan = Repair(BeforeBridgeChains);
        foreach (IpFamily family in IpFamilies.All)
        {
            string[] lines = plan.Restore[family].Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal("*filter", lines[0]);
            Assert.Equal(lines.Length - 1, Array.IndexOf(lines, "COMMIT"));
            Assert.Contains(lines, line => line.EndsWith(" -g TSK-torrents/in", StringComparison.Ordinal));

            FakeRuleset rules = FakeRuleset.Bare(family);
            rules.Load(Saves.Read($"own-{BeforeBridgeChains}-v{(int)family}-nft.save"));
            rules.Load(plan.Restore[family]);

            SavedTable filter = SavedRuleset.Parse(rules.Save(counters: true)).Find(IptablesTable.Filter)!;
            IEnumerable<string> inForce = filter.Chains
                .Where(chain => OwnChains.IsOwn(chain.Name))
                .SelectMany(chain => chain.Rules.Select(rule => $"-A {chain.Name} {rule.Specification}"));
            Assert.Equal(
                RuleCompiler.Compile(Policies(BeforeBridgeChains), HostGoldenTests.OnLan, _ => HookSites.Usual)
                    .Select(rule => rule.Rule)
                    .OfType<IptablesRule>()
                    .Where(rule => rule.Family == family && rule.Table == IptablesTable.Filter)
                    .Where(rule => OwnChains.IsOwn(rule.Chain))
                    .Select(rule => rule.RestoreLine)
                    .Order(StringComparer.Ordinal),
                inForce.Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void No_line_of_the_repair_opens_a_killswitch(string version)
    {
        Plan plan = Repair(version);
        foreach (IpFamily family in IpFamilies.All)
        {
            FakeRoutingRules routing = Routing(version, family);
            string batch = plan.Batch.GetValueOrDefault(family, "");
            foreach (string line in batch.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                routing.Run(line);
                Assert.All(
                    Policies(version).OfType<KillswitchPolicy>(),
                    policy => ClosedWalk.AssertClosed(routing, policy, NotOnLink(version)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Removing_policies_of_an_earlier_version_leaves_no_ip_rule(string version)
    {
        LiveRules live = Live(version);
        PolicySet set = new(PolicyReader.Read(live, HostGoldenTests.OnLan), HostGoldenTests.OnLan);
        foreach (Policy policy in Policies(version))
            Assert.Null(set.Apply(new RemovePolicy(policy.Name)));

        Plan plan = Planner.Plan(live, set, HostGoldenTests.OnLan);

        foreach (IpFamily family in IpFamilies.All)
        {
            FakeRoutingRules routing = Routing(version, family);
            routing.RunAll(plan.Batch.GetValueOrDefault(family, ""));
            Assert.DoesNotContain(routing.Rules, rule => rule.Protocol == RoutingRule.Protocol);
        }
    }

    private static Plan Repair(string version)
    {
        LiveRules live = Live(version);
        PolicySet set = new(PolicyReader.Read(live, HostGoldenTests.OnLan), HostGoldenTests.OnLan);
        foreach (Policy policy in Policies(version))
            Assert.Null(set.Apply(new PutPolicy(policy, Force: false)));

        return Planner.Plan(live, set, HostGoldenTests.OnLan);
    }

    // With AllowPublishedPort, version 0.1.0 took every route of main but the default.
    private static IEnumerable<Cidr> NotOnLink(string version) => version == "0.1.0"
        ? []
        : Policies(version).SelectMany(policy => policy.Target.Subnets);

    private static LiveRules Live(string version) => new(
        IpFamilies.All.ToDictionary(
            family => family, family => Saves.Parse($"own-{version}-v{(int)family}-nft.save")),
        IpFamilies.All.SelectMany(family => Rules(version, family)));

    private static FakeRoutingRules Routing(string version, IpFamily family)
    {
        FakeRoutingRules routing = new(family);
        foreach (RoutingRule rule in Rules(version, family).Select(rule => rule.Own).OfType<RoutingRule>())
            routing.Run($"rule add {rule.Selector}");

        return routing;
    }

    private static ImmutableArray<LiveRoutingRule> Rules(string version, IpFamily family) =>
        RoutingRuleJson.Parse(family, Saves.Read($"own-{version}-v{(int)family}.rules.json"));

    // Version 0.1.0 had no name servers.
    private static Policy[] Policies(string version) =>
    [
        .. HostGoldenTests.Policies
            .Select(policy => policy is KillswitchPolicy killswitch && version == "0.1.0"
                ? killswitch with { DnsServer = [] }
                : policy)
            .OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal),
    ];
}
