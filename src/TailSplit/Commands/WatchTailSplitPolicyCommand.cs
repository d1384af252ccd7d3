using System.Management.Automation;
using TailSplit.Execution.Labels;
using TailSplit.Execution.Watching;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>
/// Watch-TailSplitPolicy: holds policies in force until Ctrl+C, and reports each thing that it saw and did.
/// </summary>
[Cmdlet(VerbsCommon.Watch, "TailSplitPolicy")]
[OutputType(typeof(TailSplitEvent))]
public sealed class WatchTailSplitPolicyCommand : TailSplitCommand
{
    /// <summary>A policy file to converge on, besides what is in force already.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Converges on the labels of Docker's networks, besides what is in force already.</summary>
    [Parameter]
    public SwitchParameter Label { get; set; }

    protected override void EndProcessing()
    {
        List<PolicySource> sources = [];
        if (Path is not null)
            sources.Add(new FileSource(GetUnresolvedProviderPathFromPSPath(Path)));

        if (Label)
            sources.Add(new LabelSource());

        PolicyWatcher watcher = new(Runner, Files, sources, HostAccess.WatchTimes, TimeProvider.System);
        // Who is slow to take the events does not keep the watcher from its work.
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
