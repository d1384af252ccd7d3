using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Tailscale;

namespace TailSplit.Core.Hosts;

/// <summary>Tailscale on a host: what the kernel has of it, and what its program reports.</summary>
public sealed record HostTunnel
{
    /// <summary>The interface; null if none is found, such as before the first start of Tailscale.</summary>
    public InterfaceName? Name { get; init; }

    /// <summary>Its addresses without link-local ones.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    public int? Mtu { get; init; }

    /// <summary>
    /// The families whose default route in Tailscale's table is the tunnel: how an exit node shows in the kernel.
    /// </summary>
    public ImmutableArray<IpFamily> Defaults { get; init; } = [];

    /// <summary>The preferences of tailscaled's ip rules.</summary>
    public ImmutableArray<int> Preferences { get; init; } = [];

    /// <summary>
    /// The mark of packets that Tailscale's own rules route outside the tunnel; null if no such rule exists.
    /// </summary>
    public FwMark? EscapeMark { get; init; }

    /// <summary>The answer of <c>tailscale status</c>; null without an answer.</summary>
    public TailscaleStatus? Status { get; init; }

    /// <summary>The answer of <c>tailscale debug prefs</c>; null without an answer.</summary>
    public TailscalePrefs? Settings { get; init; }

    /// <summary>Whether the kernel sends the host's internet traffic into the tunnel.</summary>
    public bool ExitNodeIsActive => !Defaults.IsEmpty;
}
