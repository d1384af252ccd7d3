using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tailscale;

/// <summary>The daemon as <c>tailscale status --json</c> reports it.</summary>
public sealed record TailscaleStatus
{
    public required string Version { get; init; }

    /// <summary>Such as Running, Stopped or NeedsLogin (tailscale ipn/backend.go: State).</summary>
    public required string BackendState { get; init; }

    /// <summary>Whether a tunnel interface exists; false in userspace-networking mode.</summary>
    public required bool Tun { get; init; }

    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>
    /// The selected exit node; null for none. It is reported in every state, not only while running.
    /// </summary>
    public TailscalePeer? ExitNode { get; init; }

    /// <summary>Peers that offer to be exit nodes.</summary>
    public ImmutableArray<TailscalePeer> ExitNodesOffered { get; init; } = [];

    /// <summary>The prefixes that peers advertise and that are approved, without default routes.</summary>
    public ImmutableArray<Cidr> Routes { get; init; } = [];

    public bool IsRunning => BackendState == "Running";
}

/// <summary>Another machine of the tailnet.</summary>
/// <param name="Id">Its stable id.</param>
/// <param name="Name">Its name as <c>tailscale set --exit-node</c> takes it; the id if it has none.</param>
/// <param name="Online">Whether the coordination server sees it.</param>
public sealed record TailscalePeer(string Id, string Name, bool Online)
{
    /// <summary>
    /// Whether it carries internet traffic of IPv4; null if the status does not say. An exit node that was withdrawn
    /// while selected carries neither family.
    /// </summary>
    public bool? CarriesIPv4 { get; init; }

    /// <summary>The same of IPv6.</summary>
    public bool? CarriesIPv6 { get; init; }

    public bool? Carries(IpFamily family) => family == IpFamily.IPv4 ? CarriesIPv4 : CarriesIPv6;
}
