using TailSplit.Core.Model;

namespace TailSplit.Output;

/// <summary>A policy in force, read from the rules in the kernel.</summary>
public sealed class TailSplitPolicy
{
    internal TailSplitPolicy(
        Policy policy, IReadOnlyCollection<string> missing, IReadOnlyCollection<string> wayOut, PolicyTraffic traffic)
    {
        Name = policy.Name.ToString();
        Kind = policy.Kind;
        Network = policy.Target.Network?.ToString();
        Bridge = policy.Target.Bridge?.ToString();
        Subnet = [.. policy.Target.Subnets.Select(subnet => subnet.ToString())];
        TunnelInterface = policy.Tunnel.ToString();
        FirewallBackend = policy.Backend;
        State = missing.Count == 0 ? PolicyState.Active : PolicyState.Degraded;
        Missing = [.. missing];
        WayOut = [.. wayOut];
        PacketsPassed = traffic.Passed;
        PacketsBlocked = traffic.Blocked;
        switch (policy)
        {
            case KillswitchPolicy killswitch:
                AllowDestination = [.. killswitch.AllowDestination.Select(destination => destination.ToString())];
                AllowPublishedPort = killswitch.AllowPublishedPort;
                DnsServer = [.. killswitch.DnsServer.Select(server => server.Address.ToString())];
                Action = killswitch.Action;
                BlockHost = killswitch.BlockHost;
                break;
            case BypassPolicy bypass:
                Exclude = [.. bypass.Exclude.Select(destination => destination.ToString())];
                Mechanism = bypass.Mechanism;
                break;
        }
    }

    public string Name { get; }

    public PolicyKind Kind { get; }

    /// <summary>The Docker network; null for a policy that was created by bridge or subnet.</summary>
    public string? Network { get; }

    public string? Bridge { get; }

    public string[] Subnet { get; }

    public string TunnelInterface { get; }

    /// <summary>The backend of its firewall rules.</summary>
    public FirewallBackend FirewallBackend { get; }

    public PolicyState State { get; }

    /// <summary>What is missing, one line for each gap; empty for an active policy.</summary>
    public string[] Missing { get; }

    /// <summary>Containers that can leave by another network than this killswitch, and how to prevent it.</summary>
    public string[] WayOut { get; }

    /// <summary>
    /// Packets that the firewall passed into the tunnel (Killswitch), or marked to bypass it (Bypass by Mark).
    /// </summary>
    public ulong PacketsPassed { get; }

    /// <summary>Packets that the firewall blocked. The kernel does not count packets that an ip rule blocks.</summary>
    public ulong PacketsBlocked { get; }

    public string[] AllowDestination { get; } = [];

    public bool AllowPublishedPort { get; }

    /// <summary>The name servers that all queries are redirected to; 0.0.0.0 if they are dropped.</summary>
    public string[] DnsServer { get; } = [];

    /// <summary>What the firewall does with a blocked packet; null for a bypass.</summary>
    public BlockAction? Action { get; }

    public bool BlockHost { get; }

    public string[] Exclude { get; } = [];

    /// <summary>How packets bypass the tunnel; null for a killswitch.</summary>
    public Mechanism? Mechanism { get; }

    public override string ToString() => Name;
}
