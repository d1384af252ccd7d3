using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;

namespace TailSplit.Tests.Core.ModelKernel;

/// <summary>What the module does with a request, on the model kernel.</summary>
internal static class Changes
{
    public static Plan PlanFor(
        this KernelModel kernel, RuleEnvironment environment, params IEnumerable<PolicyChange> changes)
    {
        LiveRules live = kernel.Read();
        PolicySet set = new(PolicyReader.Read(live, environment), environment);
        foreach (PolicyChange change in changes)
        {
            if (set.Apply(change) is Failure failure)
                throw failure.ToException();
        }

        return Planner.Plan(live, set, environment);
    }

    public static void Put(this KernelModel kernel, RuleEnvironment environment, params IEnumerable<Policy> policies) =>
        kernel.Apply(kernel.PlanFor(environment, policies.Select(policy => new PutPolicy(policy, Force: true))));

    public static void Remove(
        this KernelModel kernel, RuleEnvironment environment, params IEnumerable<Policy> policies) =>
            kernel.Apply(kernel.PlanFor(environment, policies.Select(policy => new RemovePolicy(policy.Name))));

    public static ImmutableArray<LivePolicy> Policies(this KernelModel kernel, RuleEnvironment environment) =>
        PolicyReader.Read(kernel.Read(), environment);
}
