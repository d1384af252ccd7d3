using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>New-TailSplitBypass: routes a Docker network by the ISP, whether or not an exit node is on.</summary>
[Cmdlet(VerbsCommon.New, "TailSplitBypass", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(TailSplitRule))]
public sealed class NewTailSplitBypassCommand : NewPolicyCommand
{
    /// <summary>Destinations that take the host's own route, by the exit node: prefixes or addresses.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Exclude { get; set; }

    /// <summary>Mark: by Tailscale's own escape mark. Route: only by ip rules, without a mangle rule.</summary>
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
