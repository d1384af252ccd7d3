using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// A Docker network that is recreated has another bridge, and perhaps another subnet; the policy must be on it. The
/// bridge must lead only to this host: packets that leave by another port of it cross no rule.
/// </summary>
internal sealed class BridgeCheck : IHostCheck
{
    public string Name => "Bridge";

    public IEnumerable<CheckResult> Run(Host host)
    {
        if (host.Containers.Trouble is not string trouble)
            return host.Policies.Select(policy => Examine(policy.Policy, host));

        // The interfaces are seen without Docker too.
        return host.Policies
            .Select(policy => ExaminePorts(policy.Policy, null, host))
            .OfType<CheckResult>()
            .Concat(host.Policies.Take(1).Select(_ => CheckResult.Skipped(Name, trouble)));
    }

    private CheckResult? ExaminePorts(Policy policy, DockerNetwork? network, Host host) =>
        WayPastPolicy.ByBridge(policy, network, host.Routing.Interfaces) is string open
            ? CheckResult.Fail(Name, $"Packets leave without meeting the policy: {open}.", null, policy.Name)
            : null;

    private CheckResult Examine(Policy policy, Host host)
    {
        DockerNetwork? network = host.NetworkOf(policy);
        if (ExaminePorts(policy, network, host) is CheckResult open)
            return open;

        if (policy.Target.Network is null)
            return CheckResult.Pass(Name, "The policy names a subnet or bridge, not a network.", policy.Name);

        if (!host.Containers.Reported.Tells(policy.Target))
            return CheckResult.Skipped(
                Name, $"{host.Containers.Reported.Lacks(policy.Target.Network.ToString()!)}.", policy.Name);

        string[] moved = [.. NetworkAssessment.Missing(policy.Target, host.Containers.Networks)];
        if (moved.Length == 0)
            return network!.CanHavePolicy
                ? CheckResult.Pass(
                    Name,
                    $"The network is on {policy.Target.Bridge} with {ListText.Of(policy.Target.Subnets)}.",
                    policy.Name)
                : CheckResult.Fail(
                    Name, $"Policies have no effect on the network: {network.Reason}.", null, policy.Name);

        if (network is not null)
            return CheckResult.Fail(
                Name,
                $"The network was recreated: {string.Join("; ", moved)}.",
                PolicyCommand.Apply(policy),
                policy.Name);

        return host.Containers.Networks.Any(other => other.Name == policy.Target.Network.ToString())
            ? CheckResult.Fail(
                Name,
                "Two networks have this name, so the policy's network is unknown. Missing: " +
                    $"{string.Join("; ", moved)}.",
                null,
                policy.Name)
            : CheckResult.Warn(
                Name, $"The {EngineText.Kind(host.Containers.Networks)} '{policy.Target.Network}' no longer exists.",
                $"Remove-TailSplitPolicy {policy.Name}", policy.Name);
    }
}
