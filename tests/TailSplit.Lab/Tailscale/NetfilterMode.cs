
namespace TailSplit.Lab;

/// <summary>What <c>tailscale set --netfilter-mode</c> takes; the numbers are those of its preferences.</summary>
public enum NetfilterMode
{
    /// <summary>No chain, no rule.</summary>
    Off = 0,

    /// <summary>The chains, and no rule that leads to them.</summary>
    NoDivert = 1,

    On = 2,
}
