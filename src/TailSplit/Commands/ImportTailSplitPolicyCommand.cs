using System.Collections.Immutable;
using System.Management.Automation;
using TailSplit.Core;
using TailSplit.Core.Desired;
using TailSplit.Core.Hosts;
using TailSplit.Core.Planning;
using TailSplit.Execution.Labels;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>Import-TailSplitPolicy: adds the policies of a file to those in force, in one transaction.</summary>
[Cmdlet(VerbsData.Import, "TailSplitPolicy", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(TailSplitRule))]
public sealed class ImportTailSplitPolicyCommand : WritingCommand
{
    private readonly List<string> _paths = [];

    /// <summary>Policy files in the format of Export-TailSplitPolicy.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Replaces policies of the same name with other options or of the other kind.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord() => _paths.AddRange(Path.Select(GetUnresolvedProviderPathFromPSPath));

    protected override void EndProcessing()
    {
        Host host = ReadHost(Scope);
        IReadOnlyCollection<PutPolicy> approved = Approved([.. _paths.SelectMany(path => Read(path, host))]);
        if (approved.Count > 0)
            Apply(approved, host);
    }

    private ImmutableArray<PutPolicy> Read(string path, Host host)
    {
        try
        {
            DesiredPolicies desired = Await(stop => new FileSource(path).ReadAsync(Engines, host, stop));
            WriteFindings(desired.Failures, desired.Warnings);
            return ImportPlan.Make(desired, host.Policies, Force);
        }
        catch (TailSplitException e)
        {
            WriteFailure(e.Failure, e);
            return [];
        }
    }
}
