using System.Net;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>Compares findings with the policy, and returns the results of a check.</summary>
/// <param name="host">The host that they are about.</param>
/// <param name="lost">Packets that the capture lost.</param>
public sealed class ProbeJudge(Host host, long lost = 0)
{
    /// <summary>The check's name.</summary>
    public const string Check = "Probe";

    private readonly ProbeExpectations _expectations = ProbeExpectations.On(host);

    private readonly HashSet<IPAddress> _own =
        [.. host.Routing.Interfaces.SelectMany(link => link.Addresses).Select(own => own.Address)];

    public CheckResult Judge(ProbeFinding finding)
    {
        string source = finding.Container is string container
            ? $"the container {container}"
            : $"a namespace on {finding.Bridge}";
        string services = $"{string.Join(", ", finding.Services)} to {finding.Target} from {source}";
        if (_own.Contains(finding.Target))
            return Skipped(
                finding.Policy,
                $"{finding.Target} is an address of the host, so packets to it do not leave the host.");

        if (finding.Policy.Target.Subnets.Any(subnet => subnet.Contains(finding.Target)))
            return Skipped(finding.Policy, $"{finding.Target} is in the network of the policy.");

        if (finding.Error is string error)
            return Skipped(finding.Policy, $"{services} could not be sent: {error}.");

        ProbeVerdict verdict = ProbeVerdict.Of(
            _expectations.Of(finding.Policy, finding.Target), finding.Egress, finding.Host);
        // A captured packet is evidence. A packet that the capture lost may have been a leak.
        if (lost > 0 && finding.Egress is null or Egress.Blocked && verdict.Status != CheckStatus.Skipped)
            return Skipped(
                finding.Policy,
                $"{services}: the host was busy and the capture lost {lost} packets, so nothing is proved.");

        string detour = finding.Detour is string bridge
            ? $" after entering by {bridge}{(NetworkOn(bridge) is DockerNetwork other ? $" (network {other})" : "")}"
            : "";
        string detail = $"{Outcome(finding, verdict)}{detour}, {verdict.Reason}.";
        return verdict.Status == CheckStatus.Skipped
            ? Skipped(finding.Policy, detail)
            : new CheckResult(
                Check,
                verdict.Status,
                finding.Policy.Name,
                detail,
                verdict.Status == CheckStatus.Fail ? RemedyFor(finding) : null);

        string Outcome(ProbeFinding finding, ProbeVerdict verdict) => finding.Egress switch
        {
            null => $"{services} did not arrive at the network's bridge",
            Egress.Direct when verdict.Status == CheckStatus.Fail && finding.Policy is KillswitchPolicy =>
                $"Leak: {services} left in clear by {Ways(finding)}",
            Egress.Direct => $"Direct: {services} left by {Ways(finding)}",
            Egress.Tunnel => $"Tunnelled: {services} left by {Ways(finding)}",
            Egress.Blocked => $"Blocked: {services} left by no interface",
            _ => throw new ArgumentOutOfRangeException(nameof(finding)),
        };
    }

    // A container on two networks leaves by the one with its gateway, which no command of TailSplit changes. All other
    // cases are a matter of rules.
    private string? RemedyFor(ProbeFinding finding) =>
        finding is { Container: not null, Detour: string bridge } && NetworkOn(bridge) is not null
            ? null
            : PolicyCommand.Apply(finding.Policy);

    private DockerNetwork? NetworkOn(string bridge) =>
        host.Containers.Networks.FirstOrDefault(network => network.Bridge == bridge);

    private static string Ways(ProbeFinding finding) => string.Join(", ", finding.Interfaces);

    /// <summary>The result of a probe that proves nothing. A killswitch without proof counts as unknown.</summary>
    public static CheckResult Skipped(Policy policy, string reason, string? remedy = null) =>
        CheckResult.Skipped(Check, reason, policy.Name) with
        {
            Remedy = remedy,
            IsUnknown = policy is KillswitchPolicy,
        };
}
