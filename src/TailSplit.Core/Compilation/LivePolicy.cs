using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>A policy as read back from the kernel.</summary>
/// <param name="Policy">The request that its rules record; best effort if some are missing.</param>
/// <param name="IsWhole">
/// Whether the remaining rules record all of its options. If not, TailSplit keeps them as they are, and a New- cmdlet
/// with the same name replaces them without -Force.
/// </param>
/// <param name="IsNamed">Whether a rule names it; false for ip rules whose firewall half, which has the name, is
/// gone.</param>
/// <param name="Rules">Its rules that are there, shared ones left out.</param>
public sealed record LivePolicy(Policy Policy, bool IsWhole, bool IsNamed, ImmutableArray<OwnedRule> Rules)
{
    /// <summary>Whether a remaining rule records the origin of the policy; if not, its origin is a guess.</summary>
    public bool SaysOrigin { get; init; }
}
