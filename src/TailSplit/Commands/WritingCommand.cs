using System.Management.Automation;
using TailSplit.Core.Planning;
using TailSplit.Core.Text;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Transactions;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>
/// A cmdlet that writes the rules of a whole pipeline in one transaction. With -WhatIf it only reports them.
/// </summary>
public abstract class WritingCommand : TailSplitCommand
{
    /// <summary>What the progress bar names while no program runs.</summary>
    private const string OtherWriter = "another command that is writing rules";

    /// <summary>How many seconds to wait for another command that writes rules.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public int Wait { get; set; } = 30;

    /// <summary>The policies that ShouldProcess approves; all of them in a dry run.</summary>
    private protected IReadOnlyCollection<PutPolicy> Approved(IReadOnlyCollection<PutPolicy> changes)
    {
        bool preview = IsWhatIf;
        return
        [
            .. changes.Where(change => ShouldProcess(
                $"{change.Name} ({change.Policy.Target})", $"Apply {ChoiceText.Of(change.Policy.Kind)}") || preview)
        ];
    }

    /// <summary>Makes the changes, or plans them in a dry run, and emits the result of each.</summary>
    /// <param name="changes">The approved changes.</param>
    /// <param name="seen">
    /// The host as far as it was read, for a dry run with its rules; null if it was not read.
    /// </param>
    private protected void Apply(IReadOnlyCollection<PolicyChange> changes, HostState? seen)
    {
        bool preview = IsWhatIf;
        ApplyOutcome outcome = preview
            ? PolicyStore.Foresee(changes, seen ?? ReadHost(glance: true))
            : AwaitWriting(stop => new PolicyStore(Machine).ApplyAsync(changes, Wait, stop, seen));
        OutcomeReport.Write(this, outcome, preview, changes);
    }

    /// <summary>Waits until rules are written. A failure ends the pipeline.</summary>
    private protected T AwaitWriting<T>(Func<CancellationToken, Task<T>> work) => AwaitOrThrow(work, OtherWriter);
}
