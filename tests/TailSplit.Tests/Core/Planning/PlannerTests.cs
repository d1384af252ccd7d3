using CsCheck;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.ModelKernel;
using Xunit;

namespace TailSplit.Tests.Core.Planning;

/// <summary>Plans, applied to a kernel that is as strict as the real one.</summary>
public sealed class PlannerTests
{
    private static readonly RuleEnvironment s_usual = RuleEnvironment.Usual;

    private static readonly Gen<(KernelModel, Policy[])> s_hosts = Gen.Select(
        ForeignGen.Kernels, PolicyGen.NonEmptySets);

    [Fact]
    public void Nothing_is_left_to_do_after_a_plan() => s_hosts.Sample(
        (kernel, policies) =>
        {
            kernel.Put(s_usual, policies);

            Assert.True(kernel.PlanFor(s_usual).IsEmpty);
            Assert.True(
                kernel.PlanFor(s_usual, policies.Select(policy => new PutPolicy(policy, Force: false))).IsEmpty);
        },
        print: Print);

    [Fact]
    public void Nothing_is_left_to_do_on_a_kernel_that_had_no_table_at_all() => PolicyGen.NonEmptySets.Sample(
        policies =>
        {
            KernelModel kernel = KernelModel.WithoutTables();
            kernel.Put(s_usual, policies);

            Assert.True(kernel.PlanFor(s_usual).IsEmpty);
        },
        print: Show.Policies);

    [Fact]
    public void Putting_and_removing_leaves_the_kernel_as_it_was() => s_hosts.Sample(
        (kernel, policies) =>
        {
            string before = kernel.State;

            kernel.Put(s_usual, policies);
            kernel.Remove(s_usual, policies);

            Assert.Equal(before, kernel.State);
        },
        print: Print);

    [Fact]
    public void Putting_and_removing_one_by_one_leaves_the_kernel_as_it_was() => s_hosts.Sample(
        (kernel, policies) =>
        {
            string before = kernel.State;

            foreach (Policy policy in policies)
                kernel.Put(s_usual, policy);

            foreach (Policy policy in policies)
                kernel.Remove(s_usual, policy);

            Assert.Equal(before, kernel.State);
        },
        print: Print);

    [Fact]
    public void One_by_one_or_all_at_once_makes_the_same_rules() => s_hosts.Sample(
        (kernel, policies) =>
        {
            foreach (Policy policy in policies)
                kernel.Put(s_usual, policy);

            Assert.True(
                kernel.PlanFor(s_usual, policies.Select(policy => new PutPolicy(policy, Force: false))).IsEmpty);
        },
        print: Print);

    [Fact]
    public void Foreign_rules_are_neither_changed_nor_moved() => s_hosts.Sample(
        (kernel, policies) =>
        {
            string before = kernel.ForeignState;

            kernel.Put(s_usual, policies);

            Assert.Equal(before, WithoutMadeChain(kernel.ForeignState, before));
        },
        print: Print);

    [Fact]
    public void A_change_of_options_is_one_step_and_leaves_nothing_behind() =>
        Gen.Select(ForeignGen.Kernels, PolicyGen.SetOf(3), PolicyGen.SetOf(3)).Sample(
            (kernel, before, after) =>
            {
                Policy[] renamed = [.. after.Select((policy, slot) => policy with { Name = before[slot].Name })];
                string bare = kernel.State;
                kernel.Put(s_usual, before);

                kernel.Put(s_usual, renamed);
                Assert.Equal(
                    renamed.OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal),
                    kernel.Policies(s_usual).Select(policy => policy.Policy));
                Assert.True(kernel.PlanFor(s_usual).IsEmpty);

                kernel.Remove(s_usual, renamed);
                Assert.Equal(bare, kernel.State);
            },
            print: triple => Show.Policies(triple.Item2) + "->\n" + Show.Policies(triple.Item3));

    [Fact]
    public void Tailscale_moving_its_preferences_moves_ours_along() => s_hosts.Sample(
        (kernel, policies) =>
        {
            RuleEnvironment moved = s_usual with { BasePreference = 1200 };
            string before = kernel.State;
            kernel.Put(s_usual, policies);

            kernel.Put(moved, policies);
            Assert.True(kernel.PlanFor(moved).IsEmpty);

            kernel.Remove(moved, policies);
            Assert.Equal(before, kernel.State);
        },
        print: Print);

    private static string Print((KernelModel Kernel, Policy[] Policies) host) => Show.Policies(host.Policies);

    // A DOCKER-USER that TailSplit had to make is a new chain, not somebody's rule.
    private static string WithoutMadeChain(string after, string before)
    {
        const string Declaration = ":DOCKER-USER - [0:0]\n";
        return before.Contains(Declaration, StringComparison.Ordinal) && CountOf(before) == CountOf(after)
            ? after
            : string.Join('\n', Aligned(after.Split('\n'), before.Split('\n')));

        static int CountOf(string text) => text.Split(Declaration).Length;
    }

    // Drops a declaration of DOCKER-USER wherever the other text has none at that place.
    private static IEnumerable<string> Aligned(string[] lines, string[] other)
    {
        int at = 0;
        foreach (string line in lines)
        {
            bool made = line == ":DOCKER-USER - [0:0]" && (at >= other.Length || other[at] != line);
            if (made)
                continue;

            at++;
            yield return line;
        }
    }
}
