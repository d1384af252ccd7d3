using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>A policy as read back from the kernel.</summary>
/// <param name="Policy">What its rules say was asked for; best effort where some are gone.</param>
/// <param name="IsWhole">
/// Whether the rules that are left say all of its options. If not, TailSplit keeps what is there as it is, and a New-
/// cmdlet with the same name replaces it without being forced.
/// </param>
/// <param name="IsNamed">Whether a rule names it; false for ip rules whose firewall half, which has the name, is
/// gone.</param>
/// <param name="Rules">Its rules that are there, shared ones left out.</param>
public sealed record LivePolicy(Policy Policy, bool IsWhole, bool IsNamed, ImmutableArray<OwnedRule> Rules)
{
    /// <summary>Whether a rule is left that says who asked for the policy; if not, its origin is a guess.</summary>
    public bool SaysOrigin { get; init; }
}
