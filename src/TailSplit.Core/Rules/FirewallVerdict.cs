using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Rules;

/// <summary>What a firewall rule does with a packet that it matches. Closed: the records below.</summary>
public abstract record FirewallVerdict
{
    private protected FirewallVerdict()
    {
    }

    /// <summary>TailSplit does not decide: the rules of other programs do.</summary>
    public sealed record Return : FirewallVerdict;

    /// <summary>The packet ends here, without an answer.</summary>
    public sealed record Drop : FirewallVerdict;

    /// <summary>The packet ends here, and its sender is told that an administrator forbids it.</summary>
    public sealed record Reject : FirewallVerdict;

    /// <summary>The chain of the rule's policy decides, and nothing after this rule.</summary>
    public sealed record EnterPolicy : FirewallVerdict;

    /// <summary>The bits of the mask get the mark's value; other bits stay.</summary>
    public sealed record SetMark(FwMark Mark) : FirewallVerdict;

    /// <summary>The bits of the mask are copied from the packet to its connection.</summary>
    public sealed record SaveMark(FwMark Mark) : FirewallVerdict;

    /// <summary>The bits of the mask are copied from the connection to the packet.</summary>
    public sealed record RestoreMark(FwMark Mark) : FirewallVerdict;

    /// <summary>The connection leaves with the address of the interface that it leaves by.</summary>
    public sealed record Masquerade : FirewallVerdict;

    /// <summary>The connection goes to this address, at the port that it asked for.</summary>
    public sealed record RedirectTo(IPAddress Address) : FirewallVerdict;

    /// <summary>The segment size becomes at most what the MTUs of the way and of the way back allow.</summary>
    public sealed record ClampSegment : FirewallVerdict;

    /// <summary>
    /// A verdict that TailSplit never writes: another program added the rule to a chain of TailSplit.
    /// </summary>
    public sealed record Foreign(string Text) : FirewallVerdict;
}
