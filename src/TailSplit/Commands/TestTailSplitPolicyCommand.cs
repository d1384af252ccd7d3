using System.Collections.Immutable;
using System.Management.Automation;
using System.Net;
using TailSplit.Completion;
using TailSplit.Conversion;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Diagnosis.Checks;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Probing;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>
/// Test-TailSplitPolicy: checks policies and the host for known faults, and reports a remedy for each.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "TailSplitPolicy")]
[OutputType(typeof(TailSplitCheck), typeof(bool))]
public sealed class TestTailSplitPolicyCommand : TailSplitCommand
{
    private readonly List<string> _names = [];

    /// <summary>
    /// Names, with wildcards. A name without wildcards must be in force. The host is checked in any case.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [CompletePolicy]
    public string[]? Name { get; set; }

    /// <summary>
    /// Proves by packets how each network leaves the host: it sends probes from the network, and captures them on every
    /// interface. Without it, no packet is sent.
    /// </summary>
    [Parameter]
    public SwitchParameter Probe { get; set; }

    /// <summary>
    /// The addresses that -Probe sends to; by default those of a public resolver, 1.1.1.1 and 2606:4700:4700::1111.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ProbeTarget { get; set; } = [.. Core.Probing.ProbeTarget.Usual.Select(target => target.ToString())];

    /// <summary>
    /// Emits only $true or $false. $false means that a check fails, that a policy could not be proved, or that Docker
    /// can't confirm the bridge of a killswitch.
    /// </summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    protected override void ProcessRecord() => _names.AddRange(Name ?? []);

    protected override void EndProcessing()
    {
        // An empty pipeline, such as from Get-TailSplitPolicy without policies, selects no check.
        if (_names.Count == 0 && MyInvocation.ExpectingInput)
            return;

        Host host = ReadHost(HostScope.Everything);
        bool known = true;
        HashSet<PolicyName> chosen = [];
        foreach (string name in _names)
        {
            PolicySelection selection = PolicySelection.ByName(name);
            LivePolicy[] found = Find(selection, host.Policies);
            known &= found.Length > 0 || !selection.MustMatch;
            chosen.UnionWith(found.Select(policy => policy.Policy.Name));
        }

        // Policies affect each other, so all are checked, and then filtered.
        ImmutableArray<CheckResult> results = [.. Doctor.Examine(host)
            .Where(result => _names.Count == 0 || result.Policy is not PolicyName policy || chosen.Contains(policy))];
        if (Probe)
        {
            ImmutableArray<IPAddress> targets = Targets(ref known);
            results = results.AddRange(Prove(host, targets, policy => _names.Count == 0 || chosen.Contains(policy)));
        }

        if (Quiet)
        {
            WriteObject(known
                && !results.Any(result => result.Status == CheckStatus.Fail || result.IsUnknown)
                && !IsUnseen(host, policy => _names.Count == 0 || chosen.Contains(policy)));
            return;
        }

        foreach (CheckResult result in results)
            WriteObject(new TailSplitCheck(result));
    }

    private ImmutableArray<CheckResult> Prove(
        Host host, ImmutableArray<IPAddress> targets, Predicate<PolicyName> isChosen)
    {
        Policy[] policies = [.. host.Policies.Select(policy => policy.Policy).Where(policy => isChosen(policy.Name))];
        if (policies.Length == 0 || targets.IsEmpty)
            return [];

        PolicyProber prober = new(
            ProbeHost,
            step => Report(new ProgressRecord(0, "Proof by packets", step.Step) { PercentComplete = step.Percent }));
        ImmutableArray<CheckResult> results = AwaitOrThrow(stop => prober.ProbeAsync(host, policies, targets, stop));
        WriteProgress(new ProgressRecord(0, "Proof by packets", "Done") { RecordType = ProgressRecordType.Completed });
        return results;
    }

    // A recreated network can have another bridge without rules, which only Docker can tell.
    private static bool IsUnseen(Host host, Predicate<PolicyName> isChosen) =>
        host.Containers.Trouble is not null
        && host.Policies.Any(policy =>
            policy.Policy is KillswitchPolicy { Target.Network: not null } && isChosen(policy.Policy.Name));

    private ImmutableArray<IPAddress> Targets(ref bool known)
    {
        ImmutableArray<IPAddress>.Builder targets = ImmutableArray.CreateBuilder<IPAddress>();
        foreach (string text in ProbeTarget)
        {
            try
            {
                targets.Add(Core.Probing.ProbeTarget.Parse(text));
            }
            catch (TailSplitException e)
            {
                WriteFailure(e.Failure, e);
                known = false;
            }
        }

        return [.. targets.Distinct()];
    }
}
