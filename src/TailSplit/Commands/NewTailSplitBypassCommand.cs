using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>New-TailSplitBypass: lets a Docker network leave by the ISP, whatever the exit node does.</summary>
[Cmdlet(VerbsCommon.New, "TailSplitBypass", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(TailSplitRule))]
public sealed class NewTailSplitBypassCommand : NewPolicyCommand
{
    /// <summary>Destinations that keep the host's own way, the exit node: prefixes or addresses.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Exclude { get; set; }

    /// <summary>Mark: by Tailscale's own escape mark. Route: by ip rules alone, no mangle rule.</summary>
    [Parameter]
    public Mechanism Mechanism { get; set; } = Mechanism.Mark;

    private protected override Policy Build(
        PolicyName name, PolicyTarget target, InterfaceName tunnel) => new BypassPolicy
        {
            Name = name,
            Target = target,
            Tunnel = tunnel,
            Exclude = Destinations(Exclude),
            Mechanism = Mechanism,
        };
}
