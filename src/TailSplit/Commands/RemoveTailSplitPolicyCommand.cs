using System.Collections.Immutable;
using System.Management.Automation;
using TailSplit.Completion;
using TailSplit.Conversion;
using TailSplit.Core.Compilation;
using TailSplit.Core.Errors;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Text;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>Remove-TailSplitPolicy: removes policies. After the last one, no rule of TailSplit is left.</summary>
[Cmdlet(
    VerbsCommon.Remove, "TailSplitPolicy",
    SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = ByName)]
[OutputType(typeof(TailSplitRule))]
public sealed class RemoveTailSplitPolicyCommand : WritingCommand
{
    private const string ByName = "Name";
    private const string ByObject = "InputObject";

    private readonly List<PolicySelection> _selections = [];

    /// <summary>Names, with wildcards. A name without wildcards must be in force.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [CompletePolicy]
    public string[] Name { get; set; } = [];

    /// <summary>Policies, rules, Docker networks or names from the pipeline.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByObject)]
    [ValidateNotNull]
    public PSObject InputObject { get; set; } = new();

    protected override void ProcessRecord()
    {
        if (ParameterSetName == ByName)
            _selections.AddRange(Name.Select(PolicySelection.ByName));
        else if (!PolicySelection.IsKnown(InputObject))
            WriteFailure(Failures.NotAPolicy(InputObject.BaseObject));
        else if (PolicySelection.Of(InputObject) is PolicySelection selection)
            _selections.Add(selection);
    }

    protected override void EndProcessing()
    {
        if (_selections.Count == 0)
            return;

        bool preview = IsWhatIf;
        Host host = ReadHost(Scope);
        if (preview && host.Firewall.Unread is string reason)
            WriteWarning($"The policies in force can't be read: {reason}");

        if (host.Firewall.OtherUnread is string unseen)
        {
            WriteWarning(
                $"The iptables store that Docker does not use can't be read: {unseen} Rules of TailSplit in that " +
                "store, if it has any, stay in force.");
        }

        ImmutableArray<LivePolicy> live = host.Policies;
        List<PolicyChange> changes = [.. Select(live).Where(policy => ShouldProcess(
            $"{policy.Name} ({policy.Target})", $"Remove {ChoiceText.Of(policy.Kind)}") || preview)
            .Select(policy => new RemovePolicy(policy.Name))];

        // "*" means every rule of TailSplit, also one that no policy can be read from.
        bool everything = _selections.Exists(selection => selection.IsEverything) && changes.Count == live.Length;
        if (changes.Count == 0
            && !(everything
                && host.HasOwn
                && (ShouldProcess("rules without a policy", "Remove leftovers") || preview)))
            return;

        Apply(changes, host);
    }

    private IEnumerable<Policy> Select(ImmutableArray<LivePolicy> live)
    {
        HashSet<PolicyName> chosen = [];
        foreach (PolicySelection selection in _selections)
            chosen.UnionWith(Find(selection, live).Select(policy => policy.Policy.Name));

        return live.Select(policy => policy.Policy).Where(policy => chosen.Contains(policy.Name));
    }
}
