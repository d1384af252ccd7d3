using System.Management.Automation;
using TailSplit.Core.Hosts;
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

    /// <summary>What is read before policies change: in a dry run only what can be read.</summary>
    private protected HostScope Scope => IsWhatIf ? HostScope.Preview : HostScope.Rules;

    /// <summary>Makes the changes, or plans them in a dry run, and emits the result of each.</summary>
    /// <param name="changes">The approved changes.</param>
    /// <param name="host">The host; for a dry run with its rules, as far as they can be read.</param>
    private protected void Apply(IReadOnlyCollection<PolicyChange> changes, Host host)
    {
        bool preview = IsWhatIf;
        ApplyOutcome outcome = preview
            ? PolicyStore.Foresee(changes, host)
            : AwaitWriting(stop => new PolicyStore(Machine).ApplyAsync(changes, host, Wait, stop));
        OutcomeReport.Write(this, outcome, preview, changes);
    }

    /// <summary>Waits until rules are written. A failure ends the pipeline.</summary>
    private protected T AwaitWriting<T>(Func<CancellationToken, Task<T>> work) => AwaitOrThrow(work, OtherWriter);
}
