using System.Management.Automation;
using TailSplit.Execution.Labels;
using TailSplit.Execution.Watching;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>
/// Watch-TailSplitPolicy: keeps policies in force until Ctrl+C, and emits an event for each change and repair.
/// </summary>
[Cmdlet(VerbsCommon.Watch, "TailSplitPolicy")]
[OutputType(typeof(TailSplitEvent))]
public sealed class WatchTailSplitPolicyCommand : TailSplitCommand
{
    /// <summary>A policy file to converge on, in addition to the policies in force.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Converges on the labels of Docker's networks, in addition to the policies in force.</summary>
    [Parameter]
    public SwitchParameter Label { get; set; }

    protected override void EndProcessing()
    {
        List<PolicySource> sources = [];
        if (Path is not null)
            sources.Add(new FileSource(GetUnresolvedProviderPathFromPSPath(Path)));

        if (Label)
            sources.Add(new LabelSource());

        PolicyWatcher watcher = new(Machine, sources, new WatchTimes(), TimeProvider.System);
        // A pipeline that is slow to take events does not delay the watcher.
        AwaitOrThrow(async stop =>
        {
            await foreach (WatchEvent seen in watcher.WatchAsync(stop).ConfigureAwait(false))
                Post(() => Write(seen));
        });
    }

    private void Write(WatchEvent seen)
    {
        TailSplitEvent written = new(seen);
        if (seen.Outcome is WatchOutcome.Failed or WatchOutcome.Delayed)
            WriteWarning(written.ToString());

        WriteObject(written);
    }
}
