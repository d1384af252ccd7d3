namespace TailSplit.Core.Probing;

/// <summary>The expected way of packets to a target (docs/traffic.md).</summary>
public enum ProbeExpectation
{
    /// <summary>A killswitch: by the tunnel or not at all.</summary>
    TunnelOnly,

    /// <summary>A destination of -AllowDestination: open, by any way.</summary>
    Open,

    /// <summary>A bypass: outside the tunnel.</summary>
    PastTunnel,

    /// <summary>A destination of -Exclude: wherever the host itself sends.</summary>
    AsHost,

    /// <summary>The tailnet and accepted subnet routes, which a bypass leaves where they are.</summary>
    Tailnet,
}
