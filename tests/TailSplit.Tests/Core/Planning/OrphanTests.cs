using System.Collections.Immutable;
using CsCheck;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.ModelKernel;
using TailSplit.Tests.Fakes.Netfilter;
using TailSplit.Tests.Fakes.Routing;
using Xunit;

namespace TailSplit.Tests.Core.Planning;

/// <summary>The whole firewall is flushed: what is left are ip rules, which have no names.</summary>
public sealed class OrphanTests
{
    private static readonly RuleEnvironment s_usual = RuleEnvironment.Usual;

    [Fact]
    public void Two_policies_by_subnet_alone_survive_a_flush_of_the_firewall_with_names_that_differ()
    {
        KernelModel kernel = Flushed(
            Samples.Killswitch("one", Samples.Target(null, "10.1.0.0/24")),
            Samples.Killswitch("two", Samples.Target(null, "10.2.0.0/24")));

        ImmutableArray<LivePolicy> read = kernel.Policies(s_usual);

        Assert.Distinct(read.Select(policy => policy.Policy.Name));
        Assert.True(kernel.PlanFor(s_usual).Batch.IsEmpty);
    }

    [Fact]
    public void After_a_flush_every_policy_left_says_that_its_firewall_rules_are_gone() =>
        PolicyGen.NonEmptySets.Sample(
            policies =>
            {
                LiveRules live = Flushed(policies).Read();

                Assert.All(PolicyReader.Read(live, s_usual), policy =>
                {
                    Assert.False(policy.IsNamed);
                    Assert.False(policy.IsWhole);
                    Assert.NotEmpty(new PolicyAssessment(live, s_usual).Missing(policy));
                });
            },
            print: Show.Policies);

    [Fact]
    public void The_same_command_after_a_flush_restores_everything() => PolicyGen.NonEmptySets.Sample(
        policies =>
        {
            KernelModel whole = new();
            whole.Put(s_usual, policies);
            KernelModel kernel = Flushed(policies);

            kernel.Put(s_usual, policies);

            Assert.Equal(whole.State, kernel.State);
        },
        print: Show.Policies);

    [Fact]
    public void After_a_flush_no_plan_takes_away_what_still_refuses() => PolicyGen.NonEmptySets.Sample(
        policies =>
        {
            KernelModel kernel = Flushed(policies);

            Assert.True(kernel.PlanFor(s_usual).Batch.IsEmpty);
        },
        print: Show.Policies);

    [Fact]
    public void The_same_command_without_force_restores_missing_ip_rules()
    {
        Policy[] policies =
        [
            Samples.Bypass("media", Samples.Network("media", "br-0123456789ab", "172.18.0.0/16"))
                with { Exclude = Samples.Cidrs("203.0.113.0/24") },
            Samples.Killswitch("torrents", Samples.Network("torrents", "br-ba9876543210", "172.20.0.0/16"))
                with { AllowPublishedPort = true },
        ];
        KernelModel kernel = new();
        kernel.Put(s_usual, policies);
        string before = kernel.State;
        foreach (IpFamily family in KernelModel.Families)
            kernel.Routing[family] = new FakeRoutingRules(family);

        kernel.Apply(kernel.PlanFor(s_usual, policies.Select(policy => new PutPolicy(policy, Force: false))));

        Assert.Equal(before, kernel.State);
    }

    // As 'iptables -F; iptables -X' in every table leave it.
    private static KernelModel Flushed(params Policy[] policies)
    {
        KernelModel kernel = new();
        kernel.Put(s_usual, policies);
        foreach (IpFamily family in KernelModel.Families)
            kernel.Firewall[family] = FakeRuleset.Bare(family);

        return kernel;
    }
}
