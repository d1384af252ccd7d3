namespace TailSplit.Execution.Hosts;

/// <summary>The parts of a host to read.</summary>
public sealed record HostScope
{
    private HostScope()
    {
    }

    /// <summary>
    /// Interfaces, routes and ip rules, which need no root. If they can't be read, the usual values stand in.
    /// </summary>
    public static HostScope Routing { get; } = new();

    /// <summary>
    /// The policies in force with routes and interfaces. What can't be read is an error. Rules of others may be left
    /// out.
    /// </summary>
    public static HostScope Policies { get; } = new() { Firewall = FirewallNeed.Always, IsOwnEnough = true };

    /// <summary>Everything that a change depends on. What can't be read is an error.</summary>
    public static HostScope Rules { get; } = new() { Firewall = FirewallNeed.Always };

    /// <summary>The same as far as it can be read, for -WhatIf.</summary>
    public static HostScope Preview { get; } = new() { Firewall = FirewallNeed.IfReadable };

    /// <summary>What policies depend on, as far as it can be read, also without root, Docker or Tailscale.</summary>
    public static HostScope Surroundings { get; } =
        new() { Firewall = FirewallNeed.IfReadable, HasSurroundings = true };

    /// <summary>What the path of a packet depends on. Without root the firewall is left out.</summary>
    public static HostScope Traffic { get; } = new() { Firewall = FirewallNeed.UnlessDenied, HasTraffic = true };

    /// <summary>Everything that checks depend on. Rules that can't be read are an error.</summary>
    public static HostScope Everything { get; } = new()
    {
        Firewall = FirewallNeed.Always,
        HasSurroundings = true,
        HasTraffic = true,
        HasContainers = true,
    };

    internal FirewallNeed Firewall { get; private init; }

    /// <summary>Whether the rules of TailSplit are enough of the firewall.</summary>
    internal bool IsOwnEnough { get; private init; }

    /// <summary>Docker, Tailscale, kernel settings, and the iptables store that is not in use.</summary>
    internal bool HasSurroundings { get; private init; }

    /// <summary>All routes, the native nftables tables, and the settings of each interface.</summary>
    internal bool HasTraffic { get; private init; }

    /// <summary>Networks, containers, and what is restored at boot.</summary>
    internal bool HasContainers { get; private init; }
}

/// <summary>Whether the rules of the firewall are read.</summary>
internal enum FirewallNeed
{
    /// <summary>They are not read.</summary>
    Never,

    /// <summary>They are left out if they can't be read, and the host says why.</summary>
    IfReadable,

    /// <summary>They are left out if reading them needs root. Any other failure is an error.</summary>
    UnlessDenied,

    /// <summary>A failure is an error.</summary>
    Always,
}
