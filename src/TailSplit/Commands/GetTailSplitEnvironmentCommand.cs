using System.Management.Automation;
using TailSplit.Execution.Hosts;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>Get-TailSplitEnvironment: shows what policies depend on: Docker, Tailscale and the kernel.</summary>
[Cmdlet(VerbsCommon.Get, "TailSplitEnvironment")]
[OutputType(typeof(TailSplitEnvironment))]
public sealed class GetTailSplitEnvironmentCommand : TailSplitCommand
{
    protected override void EndProcessing()
    {
        WriteObject(new TailSplitEnvironment(ReadHost(HostScope.Surroundings)));
    }
}
