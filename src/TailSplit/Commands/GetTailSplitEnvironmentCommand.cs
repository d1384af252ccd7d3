using System.Management.Automation;
using TailSplit.Execution.Files;
using TailSplit.Execution.Hosts;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>Get-TailSplitEnvironment: what of the host decides about policies, as found.</summary>
[Cmdlet(VerbsCommon.Get, "TailSplitEnvironment")]
[OutputType(typeof(TailSplitEnvironment))]
public sealed class GetTailSplitEnvironmentCommand : TailSplitCommand
{
    protected override void EndProcessing()
    {
        IHostFiles files = Files;
        WriteObject(new TailSplitEnvironment(AwaitOrThrow(new EnvironmentReader(Runner, files).ReadAsync)));
    }
}
