using TailSplit.Core.Model;

namespace TailSplit.Output;

/// <summary>A policy in force, as read back from the kernel.</summary>
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

    /// <summary>The Docker network that it was made for; null where bridge or subnet were given by hand.</summary>
    public string? Network { get; }

    public string? Bridge { get; }

    public string[] Subnet { get; }

    public string TunnelInterface { get; }

    /// <summary>What wrote its firewall rules.</summary>
    public FirewallBackend FirewallBackend { get; }

    public PolicyState State { get; }

    /// <summary>What is missing, a line each; empty for an active policy.</summary>
    public string[] Missing { get; }

    /// <summary>Containers that can leave by another network, past this killswitch, and how to end that.</summary>
    public string[] WayOut { get; }

    /// <summary>
    /// Packets that the firewall let out: by the tunnel (Killswitch), or marked to escape it (Bypass by Mark).
    /// </summary>
    public ulong PacketsPassed { get; }

    /// <summary>Packets that the firewall stopped. What routing refused before is not counted by the kernel.</summary>
    public ulong PacketsBlocked { get; }

    public string[] AllowDestination { get; } = [];

    public bool AllowPublishedPort { get; }

    /// <summary>The name servers that all questions go to; 0.0.0.0 where they go nowhere.</summary>
    public string[] DnsServer { get; } = [];

    /// <summary>What happens to a packet that must not pass; null for a bypass.</summary>
    public BlockAction? Action { get; }

    public bool BlockHost { get; }

    public string[] Exclude { get; } = [];

    /// <summary>How it escapes; null for a killswitch.</summary>
    public Mechanism? Mechanism { get; }

    public override string ToString() => Name;
}
