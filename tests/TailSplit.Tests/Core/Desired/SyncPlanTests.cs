using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Desired;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Desired;

/// <summary>What a sync changes, and what it leaves to others.</summary>
public sealed class SyncPlanTests
{
    private static readonly KillswitchPolicy s_a = Made("a", "10.1.0.0/16");
    private static readonly KillswitchPolicy s_b = Made("b", "10.2.0.0/16");

    [Fact]
    public void Networks_that_swapped_their_subnets_change_in_one_transaction()
    {
        LivePolicy[] live = [Live(s_a), Live(s_b)];
        Policy[] wanted = [s_a with { Target = s_b.Target }, s_b with { Target = s_a.Target }];

        SyncPlan plan = Plan(live, [.. wanted]);

        PolicySet set = new(live, RuleEnvironment.Usual);
        Assert.All(plan.Changes, change => Assert.Null(set.Apply(change)?.Message));
        Assert.Equal(wanted, set.ToCompile);
    }

    [Fact]
    public void A_removed_policy_frees_its_network_before_another_takes_it()
    {
        SyncPlan plan = Plan([Live(s_a)], [s_b with { Target = s_a.Target }]);

        Assert.Equal(
            ["RemovePolicy a", "PutPolicy b"], plan.Changes.Select(change => $"{change.GetType().Name} {change.Name}"));
    }

    [Fact]
    public void A_held_policy_stays_unchanged()
    {
        DesiredPolicies desired = new() { Policies = [s_a with { Target = s_b.Target }], Held = [s_a.Name, s_b.Name] };

        Assert.Empty(SyncPlan.Make(
            desired, [Live(s_a), Live(s_b)], RuleEnvironment.Usual, PolicyOrigin.Labels, prune: true).Changes);
    }

    [Fact]
    public void A_policy_that_no_longer_says_where_it_comes_from_is_taken_over_if_it_is_wanted_and_else_left()
    {
        LivePolicy[] live = [Live(s_a with { Origin = default }) with { SaysOrigin = false }, Live(
            s_b with { Origin = default }) with { SaysOrigin = false }];

        PolicyChange change = Assert.Single(Plan(live, [s_a]).Changes);

        Assert.Equal(s_a.Name, change.Name);
        Assert.Null(new PolicySet(live, RuleEnvironment.Usual).Apply(change));
    }

    [Fact]
    public void A_policy_of_that_name_that_a_command_creates_meanwhile_stays()
    {
        ImmutableArray<PolicyChange> changes = [.. Plan([Live(s_a)], []).Changes, .. Plan([Live(s_b)], [s_b]).Changes];
        PolicySet set = new(
            [Live(s_a with { Origin = default }), Live(s_b with { Origin = default, BlockHost = true })],
            RuleEnvironment.Usual);

        Assert.All(changes, change => Assert.Equal(nameof(Failures.PolicyNotOwned), set.Apply(change)?.Id));
    }

    [Fact]
    public void A_command_for_the_same_policy_takes_it_over_without_force()
    {
        PolicySet set = new([Live(s_a)], RuleEnvironment.Usual);

        Assert.Null(set.Apply(new PutPolicy(s_a with { Origin = default }, Force: false)));
        Assert.True(Assert.Single(set.ToCompile).Origin.IsByHand);
    }

    private static SyncPlan Plan(IEnumerable<LivePolicy> live, params ImmutableArray<Policy> wanted) =>
        SyncPlan.Make(
            new DesiredPolicies { Policies = wanted }, live, RuleEnvironment.Usual, PolicyOrigin.Labels, prune: false);

    private static LivePolicy Live(Policy policy) =>
        new(policy, IsWhole: true, IsNamed: true, []) { SaysOrigin = true };

    private static KillswitchPolicy Made(string name, string subnet) =>
        Samples.Killswitch(name, Samples.Network(name, "br-" + name, subnet)) with { Origin = PolicyOrigin.Labels };
}
