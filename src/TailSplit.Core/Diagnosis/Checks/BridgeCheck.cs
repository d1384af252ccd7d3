using TailSplit.Core.Model;
using TailSplit.Core.Planning;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// A Docker network that is made anew has another bridge, and perhaps another subnet; the policy must be on it.
/// </summary>
internal sealed class BridgeCheck : IHostCheck
{
    public string Name => "Bridge";

    public IEnumerable<CheckResult> Run(HostSnapshot host) => host.DockerTrouble is string trouble
        ? host.Policies.Take(1).Select(_ => CheckResult.Skipped(Name, trouble))
        : host.Policies.Select(policy => Look(policy.Policy, host));

    private CheckResult Look(Policy policy, HostSnapshot host)
    {
        if (policy.Target.Network is null)
            return CheckResult.Pass(Name, "It was given by subnet or bridge, not by network.", policy.Name);

        string[] moved = [.. NetworkAssessment.Missing(policy.Target, host.Networks)];
        if (moved.Length == 0)
            return CheckResult.Pass(Name, $"The network is on {policy.Target.Bridge} with {Sentence.List(policy.Target.Subnets)}.", policy.Name);

        return host.NetworkOf(policy) is null
            ? CheckResult.Warn(
                Name, $"There is no Docker network '{policy.Target.Network}' any more.",
                $"Remove-TailSplitPolicy {policy.Name}", policy.Name)
            : CheckResult.Fail(Name, $"The network was made anew: {string.Join("; ", moved)}.", PolicyCommand.Apply(policy), policy.Name);
    }
}
