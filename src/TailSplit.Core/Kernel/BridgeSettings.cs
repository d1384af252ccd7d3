namespace TailSplit.Core.Kernel;

/// <summary>
/// The kernel's settings for packets that come in by a bridge (Documentation/networking/ip-sysctl.rst).
/// </summary>
public sealed record BridgeSettings
{
    /// <summary>0 not checked, 1 strict, 2 loose: the higher of "all" and the bridge's own. IPv4 only.</summary>
    public int ReversePathFilter { get; init; }

    /// <summary>Whether that check uses the packet's mark (src_valid_mark).</summary>
    public bool ReversePathHeedsMark { get; init; }

    /// <summary>Whether the host forwards at all.</summary>
    public bool Forwards { get; init; } = true;

    /// <summary>Whether packets that stay on the bridge cross the firewall (bridge-nf-call-iptables).</summary>
    public bool BridgedCrossFirewall { get; init; }
}
