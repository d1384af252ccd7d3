using TailSplit.Core.Desired;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Transactions;

namespace TailSplit.Execution.Labels;

/// <summary>What a sync saw, and what it would do about it.</summary>
/// <param name="Plan">What has to change.</param>
/// <param name="State">The host as it was read.</param>
public sealed record SyncReading(SyncPlan Plan, HostState State);

/// <summary>The result of a sync.</summary>
/// <param name="Plan">What had to change, and what could not be understood.</param>
/// <param name="Applied">What was done about it.</param>
public sealed record SyncOutcome(SyncPlan Plan, ApplyOutcome Applied)
{
    /// <summary>Whether anything was written.</summary>
    public bool HasChanged => !Applied.Plan.IsEmpty;
}
