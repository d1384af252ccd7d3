using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Options;

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
    public const string Origin = "origin";

    public static ImmutableArray<string> OfDocument { get; } = [Schema, Version, Policies];

    public static ImmutableArray<string> OfTarget { get; } = [Bridge, Subnets];

    /// <summary>The fields of a policy of a kind.</summary>
    public static ImmutableArray<string> Of(PolicyKind kind) =>
    [
        Name, Kind, Network, LastKnown, Bridge, Subnets, TunnelInterface,
        .. PolicyOptions.Of(kind).Select(option => option.Field), Origin,
    ];
}
