using System.Collections.Immutable;
using CsCheck;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.Goldens;
using TailSplit.Tests.Core.ModelKernel;
using Xunit;

namespace TailSplit.Tests.Core.Compilation;

public sealed class PolicyReaderTests
{
    private static readonly RuleEnvironment s_usual = HostGoldenTests.OnLan;

    [Fact]
    public void What_was_compiled_is_read_back_as_it_was() => PolicyGen.Sets.Sample(
        policies =>
        {
            KernelModel kernel = new();
            kernel.Put(s_usual, policies);

            ImmutableArray<LivePolicy> read = kernel.Policies(s_usual);

            Assert.Equal(
                policies.OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal),
                read.Select(policy => policy.Policy));
            Assert.All(read, policy => Assert.True(policy.IsWhole && policy.IsNamed));
        },
        print: Show.Policies);

    [Fact]
    public void What_was_compiled_for_preferences_of_another_host_is_read_back_too()
    {
        RuleEnvironment environment = s_usual with { BasePreference = 1200, Table = 77 };
        PolicyGen.Sets.Sample(
            policies =>
            {
                KernelModel kernel = new();
                kernel.Put(environment, policies);

                Assert.Equal(
                    policies.OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal),
                    kernel.Policies(environment).Select(policy => policy.Policy));
            },
            print: Show.Policies);
    }

    [Fact]
    public void Foreign_rules_do_not_change_what_is_read_back() =>
        Gen.Select(PolicyGen.Sets, ForeignGen.Kernels).Sample(
            (policies, kernel) =>
            {
                kernel.Put(s_usual, policies);

                Assert.Equal(
                    policies.OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal),
                    kernel.Policies(s_usual).Select(policy => policy.Policy));
            },
            print: pair => Show.Policies(pair.Item1));

    [Fact]
    public void A_complete_policy_misses_nothing() => Gen.Select(PolicyGen.Sets, ForeignGen.Kernels).Sample(
        (policies, kernel) =>
        {
            kernel.Put(s_usual, policies);
            LiveRules live = kernel.Read();

            Assert.All(
                PolicyReader.Read(live, s_usual),
                policy => Assert.Empty(new PolicyAssessment(live, s_usual).Missing(policy)));
        },
        print: pair => Show.Policies(pair.Item1));

    [Fact]
    public void The_same_policies_compile_to_the_same_rules_in_any_order() => PolicyGen.Sets.Sample(
        policies => Assert.Equal(
            RuleCompiler.Compile(policies, s_usual, _ => HookSites.Usual),
            RuleCompiler.Compile(policies.Reverse(), s_usual, _ => HookSites.Usual)),
        print: Show.Policies);
}
