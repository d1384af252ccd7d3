using System.Management.Automation;
using TailSplit.Core.Planning;
using TailSplit.Core.Text;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Transactions;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>
/// A cmdlet that writes rules: all of a pipeline in one transaction; with -WhatIf none, though it reports them.
/// </summary>
public abstract class WritingCommand : TailSplitCommand
{
    /// <summary>What a change waits for while no program of its own runs.</summary>
    private const string OtherWriter = "another command that is writing rules";

    /// <summary>Seconds to wait for another command that is writing rules.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public int Wait { get; set; } = 30;

    /// <summary>Those policies that a person lets be put in force, each asked about; all of them in a dry run.</summary>
    private protected IReadOnlyCollection<PutPolicy> Approved(IReadOnlyCollection<PutPolicy> changes)
    {
        bool preview = IsWhatIf;
        return
        [
            .. changes.Where(change => ShouldProcess(
                $"{change.Name} ({change.Policy.Target})", $"Apply {ChoiceText.Of(change.Policy.Kind)}") || preview)
        ];
    }

    /// <summary>Makes the changes, or foresees them in a dry run, and emits the result of each.</summary>
    /// <param name="changes">The changes, asked about already.</param>
    /// <param name="seen">
    /// The host as far as it has been looked at, for a dry run with its rules; null where it has not been.
    /// </param>
    private protected void Apply(IReadOnlyCollection<PolicyChange> changes, HostState? seen)
    {
        bool preview = IsWhatIf;
        ApplyOutcome outcome = preview
            ? PolicyStore.Foresee(changes, seen ?? ReadHost(glance: true))
            : AwaitWriting(stop => new PolicyStore(Runner).ApplyAsync(changes, Wait, stop, seen));
        OutcomeReport.Write(this, outcome, preview, changes);
    }

    /// <summary>Waits for rules to be written; a failure of it ends the pipeline.</summary>
    private protected T AwaitWriting<T>(Func<CancellationToken, Task<T>> work) => AwaitOrThrow(work, OtherWriter);
}
