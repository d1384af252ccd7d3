using System.Management.Automation;
using TailSplit.Completion;
using TailSplit.Conversion;
using TailSplit.Core.Compilation;
using TailSplit.Core.Documents;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Execution.Files;
using TailSplit.Execution.Hosts;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>
/// Export-TailSplitPolicy: writes the policies in force as a policy file, as input for iptables-restore and ip, or as
/// a shell script.
/// </summary>
[Cmdlet(VerbsData.Export, "TailSplitPolicy", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(string))]
public sealed class ExportTailSplitPolicyCommand : TailSplitCommand
{
    private readonly List<PolicySelection> _selections = [];

    /// <summary>Names of policies, with wildcards; by default all. A name without wildcards must be in force.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [CompletePolicy]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The file to write. Without it the text is emitted.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The format: Json, Restore or Script.</summary>
    [Parameter]
    public ExportFormat As { get; set; } = ExportFormat.Json;

    /// <summary>Does not replace an existing file.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    protected override void ProcessRecord() => _selections.AddRange(Name.Select(PolicySelection.ByName));

    protected override void EndProcessing()
    {
        string? path = Path is null ? null : GetUnresolvedProviderPathFromPSPath(Path);
        // Asks before it reads the rules, so that a dry run needs no root.
        if (path is not null && !ShouldProcess(path, $"Export policies as {As}"))
            return;

        Host host = ReadHost(HostScope.Rules);
        Policy[] policies = [.. Selected(host)];
        string text = As switch
        {
            ExportFormat.Json => PolicyDocumentWriter.Write(PolicyDocument.Of(policies)),
            ExportFormat.Restore => RestoreText.Write(
                policies, host.Environment, family => RestoreText.SitesWithoutOwn(host.Live, family)),
            ExportFormat.Script => PolicyScript.Write(policies, host.Environment),
            _ => throw new ArgumentOutOfRangeException(nameof(As)),
        };
        if (path is null)
            WriteObject(text.TrimEnd('\n'));
        else
            OrThrow(() => PolicyFile.Write(
                path, text, replace: !NoClobber, executable: As == ExportFormat.Script));
    }

    private IEnumerable<Policy> Selected(Host host)
    {
        HashSet<PolicyName> chosen =
        [
            .. _selections
                .SelectMany(selection => Find(selection, host.Policies))
                .Select(policy => policy.Policy.Name)
        ];
        foreach (LivePolicy policy in host.Policies.Where(policy => chosen.Contains(policy.Policy.Name)))
        {
            if (!policy.IsNamed)
            {
                WriteWarning(
                    $"The policy '{policy.Policy.Name}' is not exported: only its ip rules are left, and they do not " +
                    "record its options.");
                continue;
            }

            if (!policy.IsWhole)
                WriteWarning(
                    $"Rules of the policy '{policy.Policy.Name}' are missing, so the export may lack some of its " +
                    "options.");

            yield return policy.Policy;
        }
    }
}
