using System.Collections.Immutable;
using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Text;
using TailSplit.Execution.Labels;
using TailSplit.Execution.Transactions;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>
/// Sync-TailSplitPolicy: converges on the labels of Docker networks, or on a file, in one transaction. It changes and
/// removes only policies from that source.
/// </summary>
[Cmdlet(
    VerbsData.Sync, "TailSplitPolicy",
    SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = ByLabel)]
[OutputType(typeof(TailSplitRule))]
public sealed class SyncTailSplitPolicyCommand : WritingCommand
{
    private const string ByLabel = "Label";
    private const string ByFile = "Path";

    /// <summary>
    /// The policy file to converge on. Without it, the labels of Docker's networks define the policies.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByFile)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Also removes or takes over policies of other sources.</summary>
    [Parameter]
    public SwitchParameter Prune { get; set; }

    protected override void EndProcessing()
    {
        bool preview = IsWhatIf;
        PolicySource source = ParameterSetName == ByFile
            ? new FileSource(GetUnresolvedProviderPathFromPSPath(Path))
            : new LabelSource();
        PolicySync sync = new(Machine, source, Prune);
        SyncReading reading = AwaitOrThrow(stop => sync.ReadAsync(Scope, stop));
        WriteFindings(reading.Plan.Failures, reading.Plan.Warnings);
        ApplyOutcome foreseen = PolicyStore.Foresee(reading.Plan.Changes, reading.Host);
        HashSet<PolicyName> touched = [.. foreseen.Plan.Changes
            .Where(change => change.Kind != RuleChangeKind.Keep)
            .Select(change => change.Rule.Owner?.Name)
            .OfType<PolicyName>()];
        HashSet<PolicyName> declined = [.. Declined(reading, touched)];
        ImmutableArray<PolicyChange> approved =
        [
            .. reading.Plan.Changes.Where(change => preview || !declined.Contains(change.Name))
        ];
        ApplyOutcome outcome = preview
            ? foreseen
            : AwaitWriting(stop => sync.ApplyAsync(reading, approved, Wait, stop));
        OutcomeReport.Write(this, outcome, preview, [.. approved.Where(change => touched.Contains(change.Name))]);
    }

    // Asks once for each policy that changes, even if it takes several changes.
    private IEnumerable<PolicyName> Declined(SyncReading reading, HashSet<PolicyName> touched)
    {
        HashSet<PolicyName> present = [.. reading.Host.Policies.Select(policy => policy.Policy.Name)];
        foreach (IGrouping<PolicyName, PolicyChange> changes in reading.Plan.Changes
            .GroupBy(change => change.Name)
            .Where(group => touched.Contains(group.Key)))
        {
            (string target, string action) = changes.OfType<PutPolicy>().FirstOrDefault() is PutPolicy put
                ? ($"{put.Name} ({put.Policy.Target})",
                    $"{(present.Contains(put.Name) ? "Change" : "Apply")} {ChoiceText.Of(put.Policy.Kind)}")
                : (changes.Key.ToString(), "Remove policy");
            if (!ShouldProcess(target, action))
                yield return changes.Key;
        }
    }
}
