
namespace TailSplit.Core.Tailscale;

/// <summary>
/// How Tailscale's firewall rules are written (tailscale types/preftype/netfiltermode.go, whose numbers these are).
/// </summary>
public enum NetfilterMode
{
    /// <summary>Nobody.</summary>
    Off = 0,

    /// <summary>Tailscale creates its chains, and the user adds the jumps.</summary>
    NoDivert = 1,

    /// <summary>Tailscale.</summary>
    On = 2,
}

/// <summary>The settings of <c>tailscale set</c>.</summary>
public sealed record TailscalePrefs
{
    /// <summary>Whether an exit node is selected, by id, address or <c>auto:</c>.</summary>
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

    /// <summary>Only replies may be forwarded from the tunnel; off by default since 1.68.</summary>
    public required bool StatefulFiltering { get; init; }
}
