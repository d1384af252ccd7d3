namespace TailSplit.Core.Model;

/// <summary>What a policy does with a network.</summary>
public enum PolicyKind
{
    /// <summary>The network leaves by the ISP, whatever the exit node does.</summary>
    Bypass,

    /// <summary>The network leaves by the tunnel or not at all.</summary>
    Killswitch,
}
