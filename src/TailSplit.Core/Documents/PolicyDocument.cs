using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Documents;

/// <summary>
/// The policies of a file: each with the name of its Docker network, and the last known bridge and subnets.
/// docs/policy-file.md is the schema for people, docs/policy.schema.json the one for editors.
/// </summary>
/// <param name="Policies">By name; each name once.</param>
public sealed record PolicyDocument(ImmutableArray<DocumentedPolicy> Policies)
{
    /// <summary>The version of the schema that this module writes, and the only one that it reads.</summary>
    public const int Version = 1;

    /// <summary>The largest file that is read, in bytes.</summary>
    public const int LargestFile = 4 * 1024 * 1024;

    /// <summary>The most policies that are read.</summary>
    public const int MostPolicies = 10_000;

    public static PolicyDocument Of(IEnumerable<Policy> policies) => new(
    [
        .. policies
            .OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal)
            .Select(policy => new DocumentedPolicy(policy)
            {
                FindsTunnel = policy.Tunnel == policy.Provider.Interface,
            }),
    ]);
}

/// <summary>A policy as a file has it.</summary>
/// <param name="Policy">
/// The policy. With a network, bridge and subnets are the last known ones and may be missing. They must be read again
/// before it is applied.
/// </param>
public sealed record DocumentedPolicy(Policy Policy)
{
    /// <summary>Whether the file names no tunnel, so that the host's is used.</summary>
    public bool FindsTunnel { get; init; }
}
