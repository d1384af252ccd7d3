namespace TailSplit.Core.Probing;

/// <summary>How packets to a target should leave (docs/traffic.md).</summary>
public enum ProbeExpectation
{
    /// <summary>A killswitch: by the tunnel or not at all.</summary>
    TunnelOnly,

    /// <summary>A destination of -AllowDestination: by any interface.</summary>
    Open,

    /// <summary>A bypass: outside the tunnel.</summary>
    PastTunnel,

    /// <summary>A destination of -Exclude: like the packets of the host itself.</summary>
    AsHost,

    /// <summary>The tailnet and accepted subnet routes: by the tunnel, also from a bypass network.</summary>
    Tailnet,
}
