using System.Collections.Immutable;
using System.Management.Automation;
using System.Net;
using TailSplit.Completion;
using TailSplit.Conversion;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;
using TailSplit.Execution.Files;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Probing;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>
/// Test-TailSplitPolicy: looks for all that is known to break a policy or the host under it, and says what fixes it.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "TailSplitPolicy")]
[OutputType(typeof(TailSplitCheck), typeof(bool))]
public sealed class TestTailSplitPolicyCommand : TailSplitCommand
{
    private readonly List<string> _names = [];

    /// <summary>
    /// Names, with wildcards. A name without one that is not in force is an error. The host is looked at in any case.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [CompletePolicy]
    public string[]? Name { get; set; }

    /// <summary>
    /// Proves by packets which way each network leaves by: sends some from inside it, and watches every interface of
    /// the host. Without it, nothing is sent.
    /// </summary>
    [Parameter]
    public SwitchParameter Probe { get; set; }

    /// <summary>
    /// Addresses that -Probe sends to; by default those of a public resolver, 1.1.1.1 and 2606:4700:4700::1111.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ProbeTarget { get; set; } = [.. Core.Probing.ProbeTarget.Usual.Select(target => target.ToString())];

    /// <summary>
    /// Only $true, where no check fails, or $false. It is $false, too, where Docker does not say whether the network of
    /// a killswitch is still on its bridge; with -Probe, where a killswitch could not be proved.
    /// </summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    protected override void ProcessRecord() => _names.AddRange(Name ?? []);

    protected override void EndProcessing()
    {
        // Piped in from a host that has no policy, nothing was meant.
        if (_names.Count == 0 && MyInvocation.ExpectingInput)
            return;

        IHostFiles files = Files;
        HostSnapshot host = AwaitOrThrow(new HostSnapshotReader(Runner, files).ReadAsync);
        bool known = true;
        HashSet<PolicyName> chosen = [];
        foreach (string name in _names)
        {
            PolicySelection selection = PolicySelection.ByName(name);
            LivePolicy[] found = Find(selection, host.Policies);
            known &= found.Length > 0 || !selection.MustMatch;
            chosen.UnionWith(found.Select(policy => policy.Policy.Name));
        }

        // Policies hang together, so all are looked at, also where only some are asked for.
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
                && !results.Any(result => result.Status == CheckStatus.Fail || IsUnproved(result, host))
                && !IsUnseen(host, policy => _names.Count == 0 || chosen.Contains(policy)));
            return;
        }

        foreach (CheckResult result in results)
            WriteObject(new TailSplitCheck(result));
    }

    private ImmutableArray<CheckResult> Prove(
        HostSnapshot host, ImmutableArray<IPAddress> targets, Predicate<PolicyName> isChosen)
    {
        Policy[] policies = [.. host.Policies.Select(policy => policy.Policy).Where(policy => isChosen(policy.Name))];
        if (policies.Length == 0 || targets.IsEmpty)
            return [];

        PolicyProber prober = new(
            Ground,
            step => Report(new ProgressRecord(0, "Proof by packets", step.Step) { PercentComplete = step.Percent }));
        ImmutableArray<CheckResult> results = AwaitOrThrow(stop => prober.ProbeAsync(host, policies, targets, stop));
        WriteProgress(new ProgressRecord(0, "Proof by packets", "Done") { RecordType = ProgressRecordType.Completed });
        return results;
    }

    // Who asks for proof is not told that all is well where there is none.
    private static bool IsUnproved(CheckResult result, HostSnapshot host) =>
        result is { Check: ProbeJudge.Check, Status: CheckStatus.Skipped }
        && host.Policies.Any(policy => policy.Policy is KillswitchPolicy && policy.Policy.Name == result.Policy);

    // A network that was recreated has another bridge, on which no rule is; without Docker nobody knows.
    private static bool IsUnseen(HostSnapshot host, Predicate<PolicyName> isChosen) =>
        host.DockerTrouble is not null
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
