using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Planning;
using TailSplit.Execution.Hosts;

namespace TailSplit.Execution.Transactions;

/// <summary>A change that could not be taken in, and why; the others of its pipeline were.</summary>
public sealed record RefusedChange(PolicyChange Change, Failure Failure);

/// <summary>The result of a set of changes.</summary>
/// <param name="Plan">What was done, or with a preview would be.</param>
/// <param name="Refused">Changes that were left out.</param>
/// <param name="State">The host afterwards; with a preview, as it is.</param>
public sealed record ApplyOutcome(Plan Plan, ImmutableArray<RefusedChange> Refused, HostState State)
{
    /// <summary>The connections that had to go, since they began before the policy and went another way.</summary>
    public EndedFlows Flows { get; init; } = EndedFlows.None;

    /// <summary>What is in force otherwise than asked for, and what to do about it; null where nothing is.</summary>
    public string? Warning { get; init; }
}
