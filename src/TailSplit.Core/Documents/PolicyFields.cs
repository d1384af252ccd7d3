using System.Collections.Immutable;

namespace TailSplit.Core.Documents;

/// <summary>The names of the fields of a policy document, in the order in which they are written.</summary>
internal static class PolicyFields
{
    public const string Schema = "$schema";
    public const string Version = "version";
    public const string Policies = "policies";

    public const string Name = "name";
    public const string Kind = "kind";
    public const string Network = "network";
    public const string LastKnown = "lastKnown";
    public const string Bridge = "bridge";
    public const string Subnets = "subnets";
    public const string TunnelInterface = "tunnelInterface";
    public const string AllowDestination = "allowDestination";
    public const string AllowPublishedPort = "allowPublishedPort";
    public const string DnsServer = "dnsServer";
    public const string Action = "action";
    public const string BlockHost = "blockHost";
    public const string Exclude = "exclude";
    public const string Mechanism = "mechanism";
    public const string FirewallBackend = "firewallBackend";
    public const string Origin = "origin";

    public static ImmutableArray<string> OfDocument { get; } = [Schema, Version, Policies];

    public static ImmutableArray<string> OfTarget { get; } = [Bridge, Subnets];

    public static ImmutableArray<string> OfKillswitch { get; } =
    [
        Name, Kind, Network, LastKnown, Bridge, Subnets, TunnelInterface, AllowDestination, AllowPublishedPort, DnsServer,
        Action, BlockHost, FirewallBackend, Origin,
    ];

    public static ImmutableArray<string> OfBypass { get; } =
        [Name, Kind, Network, LastKnown, Bridge, Subnets, TunnelInterface, Exclude, Mechanism, FirewallBackend, Origin];
}
