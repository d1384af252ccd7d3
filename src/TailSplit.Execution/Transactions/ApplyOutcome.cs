using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Hosts;
using TailSplit.Core.Planning;

namespace TailSplit.Execution.Transactions;

/// <summary>A change that was refused, and why. The other changes of its pipeline are not affected.</summary>
public sealed record RefusedChange(PolicyChange Change, Failure Failure);

/// <summary>The result of a set of changes.</summary>
/// <param name="Plan">The plan that was committed, or in a preview would be.</param>
/// <param name="Refused">The changes that were refused.</param>
/// <param name="Host">The host after the commit; in a preview, the host as it is.</param>
public sealed record ApplyOutcome(Plan Plan, ImmutableArray<RefusedChange> Refused, Host Host)
{
    /// <summary>The connections from before the policy that were ended, since it does not allow them.</summary>
    public FlowOutcome Flows { get; init; } = FlowOutcome.None;

    /// <summary>How the rules in force differ from the request, and what to do; null if they do not.</summary>
    public string? Warning { get; init; }
}
