using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Tailscale;

namespace TailSplit.Output;

/// <summary>
/// The output of Get-TailSplitEnvironment. A property that could not be read is empty, and NotSeen says why.
/// </summary>
public sealed class TailSplitEnvironment
{
    internal TailSplitEnvironment(Host found)
    {
        TunnelInterface = found.Tunnel.Name?.ToString();
        TunnelAddress = [.. found.Tunnel.Addresses];
        TunnelMtu = found.Tunnel.Mtu;
        ExitNode = found.Tunnel.Status?.ExitNode?.Name;
        ExitNodeActive = found.Tunnel.ExitNodeIsActive;
        ExitNodeOnline = found.Tunnel.Status?.ExitNode?.Online;
        TailscaleVersion = found.Tunnel.Status?.Version;
        TailscaleState = found.Tunnel.Status?.BackendState;
        TunMode = found.Tunnel.Status?.Tun;
        AllowLanAccess = found.Tunnel.Settings?.AllowLanAccess;
        AcceptRoute = found.Tunnel.Settings?.AcceptRoutes;
        MagicDns = found.Tunnel.Settings?.MagicDns;
        NetfilterMode = found.Tunnel.Settings?.NetfilterMode;
        StatefulFiltering = found.Tunnel.Settings?.StatefulFiltering;
        TailscaleTable = found.Environment.Table;
        TailscalePreference = [.. found.Tunnel.Preferences];
        EscapeMark = found.Tunnel.EscapeMark?.ToString();
        RulePreference = found.Environment.BasePreference;
        RpFilter = found.Kernel.ReversePath;
        SrcValidMark = found.Kernel.SrcValidMark;
        IPForward = found.Kernel.Forwards;
        IPv6 = found.Environment.HasIPv6;
        IPv6Forward = found.Kernel.ForwardsIPv6;
        DockerVersion = found.Containers.Docker?.Version;
        // Engines before 28.3 do not report a backend, and have only iptables.
        DockerFirewall = found.Containers.Docker is null ? null : found.Containers.Docker.FirewallBackend ?? "iptables";
        IptablesVariant = found.Firewall.Store;
        FirewallBackend = found.Environment.Backend;
        HiddenRule = found.Firewall.OtherRules;
        NetworkdDeletesRule = found.Routing.NetworkdDeletesRules;
        NotSeen = [.. found.Unread];
    }

    /// <summary>Tailscale's interface.</summary>
    public string? TunnelInterface { get; }

    public string[] TunnelAddress { get; }

    public int? TunnelMtu { get; }

    /// <summary>The name of the selected exit node.</summary>
    public string? ExitNode { get; }

    /// <summary>Whether the kernel routes the host's internet traffic into the tunnel.</summary>
    public bool ExitNodeActive { get; }

    public bool? ExitNodeOnline { get; }

    public string? TailscaleVersion { get; }

    /// <summary>Running, Stopped, NeedsLogin and so on.</summary>
    public string? TailscaleState { get; }

    /// <summary>False in userspace-networking mode, where no rule can route into the tunnel.</summary>
    public bool? TunMode { get; }

    /// <summary>--exit-node-allow-lan-access.</summary>
    public bool? AllowLanAccess { get; }

    /// <summary>--accept-routes.</summary>
    public bool? AcceptRoute { get; }

    /// <summary>--accept-dns.</summary>
    public bool? MagicDns { get; }

    public NetfilterMode? NetfilterMode { get; }

    public bool? StatefulFiltering { get; }

    /// <summary>Tailscale's routing table.</summary>
    public int TailscaleTable { get; }

    /// <summary>The preferences of Tailscale's ip rules.</summary>
    public int[] TailscalePreference { get; }

    /// <summary>
    /// The mark of packets that Tailscale routes outside the tunnel; empty if Tailscale has no ip rule.
    /// </summary>
    public string? EscapeMark { get; }

    /// <summary>The first preference of TailSplit's ip rules: P of docs/rules.md.</summary>
    public int RulePreference { get; }

    /// <summary>rp_filter by interface.</summary>
    public IReadOnlyDictionary<string, ReversePathFilter> RpFilter { get; }

    public bool? SrcValidMark { get; }

    public bool? IPForward { get; }

    /// <summary>Whether the kernel has IPv6.</summary>
    public bool IPv6 { get; }

    public bool? IPv6Forward { get; }

    public string? DockerVersion { get; }

    /// <summary>iptables or nftables; "+firewalld" if firewalld runs.</summary>
    public string? DockerFirewall { get; }

    /// <summary>The iptables store with the rules of Docker and TailSplit.</summary>
    public FirewallStore? IptablesVariant { get; }

    /// <summary>The backend of a new policy, with -FirewallBackend Auto.</summary>
    public FirewallBackend FirewallBackend { get; }

    /// <summary>How many rules the other store has. They are in force, but iptables does not list them.</summary>
    public int? HiddenRule { get; }

    /// <summary>Whether systemd-networkd deletes foreign ip rules when it starts; empty if it does not run.</summary>
    public bool? NetworkdDeletesRule { get; }

    /// <summary>What could not be read, and why.</summary>
    public string[] NotSeen { get; }
}
