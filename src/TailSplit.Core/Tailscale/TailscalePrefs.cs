
namespace TailSplit.Core.Tailscale;

/// <summary>
/// Who writes Tailscale's firewall rules (tailscale types/preftype/netfiltermode.go, whose numbers these are).
/// </summary>
public enum NetfilterMode
{
    /// <summary>Nobody.</summary>
    Off = 0,

    /// <summary>Tailscale makes its chains, and leaves it to the user to jump there.</summary>
    NoDivert = 1,

    /// <summary>Tailscale.</summary>
    On = 2,
}

/// <summary>What a person set by <c>tailscale set</c>.</summary>
public sealed record TailscalePrefs
{
    /// <summary>Whether an exit node was asked for, by id, address or <c>auto:</c>.</summary>
    public required bool WantsExitNode { get; init; }

    /// <summary>
    /// The LAN stays reachable. Off, every local prefix, Docker's bridges included, is routed into the tunnel.
    /// </summary>
    public required bool AllowLanAccess { get; init; }

    /// <summary>Routes of subnet routers are taken.</summary>
    public required bool AcceptRoutes { get; init; }

    /// <summary>Tailscale's own name service is used.</summary>
    public required bool MagicDns { get; init; }

    public required NetfilterMode NetfilterMode { get; init; }

    /// <summary>Only answers may come in by the tunnel for others than the host; off by default since 1.68.</summary>
    public required bool StatefulFiltering { get; init; }
}
