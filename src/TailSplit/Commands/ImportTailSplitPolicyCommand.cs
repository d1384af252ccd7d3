using System.Collections.Immutable;
using System.Management.Automation;
using TailSplit.Core;
using TailSplit.Core.Desired;
using TailSplit.Core.Planning;
using TailSplit.Core.Text;
using TailSplit.Execution;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>
/// Import-TailSplitPolicy: puts the policies of a file in force besides those that are, in one transaction.
/// </summary>
[Cmdlet(VerbsData.Import, "TailSplitPolicy", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(TailSplitRule))]
public sealed class ImportTailSplitPolicyCommand : TailSplitCommand
{
    private readonly List<string> _paths = [];

    /// <summary>Policy files, as Export-TailSplitPolicy writes them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Replaces policies of the same name that have other options or are of the other kind.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Seconds to wait for another command that is writing rules.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public int Wait { get; set; } = 30;

    protected override void ProcessRecord() => _paths.AddRange(Path.Select(GetUnresolvedProviderPathFromPSPath));

    protected override void EndProcessing()
    {
        PolicyStore store = new(Runner);
        bool preview = IsWhatIf;
        HostState state = AwaitOrThrow(
            stop => preview ? new HostReader(Runner).GlanceAsync(stop) : store.ReadAsync(stop));
        ImmutableArray<PutPolicy> changes = [.. _paths.SelectMany(path => Read(path, state))];
        PutPolicy[] approved = [.. changes.Where(change =>
            ShouldProcess(
                $"{change.Name} ({change.Policy.Target})",
                $"Apply {ChoiceText.Of(change.Policy.Kind)}"))];
        if (changes.IsEmpty || (approved.Length == 0 && !preview))
            return;

        ApplyOutcome outcome = preview
            ? PolicyStore.Foresee(changes, state)
            : AwaitOrThrow(stop => store.ApplyAsync(approved, Wait, stop, state), OtherWriter);
        OutcomeReport.Write(this, outcome, preview, preview ? changes : approved);
    }

    private ImmutableArray<PutPolicy> Read(string path, HostState state)
    {
        try
        {
            DesiredPolicies desired = Await(stop => new FileSource(path).ReadAsync(Runner, state, stop));
            WriteFindings(desired.Failures, desired.Warnings);
            return ImportPlan.Make(desired, state.Policies, Force);
        }
        catch (TailSplitException e)
        {
            WriteFailure(e.Failure, e);
            return [];
        }
    }
}
