using TailSplit.Core.Desired;
using TailSplit.Core.Hosts;
using TailSplit.Execution.Transactions;

namespace TailSplit.Execution.Labels;

/// <summary>What a sync read, and what it would change.</summary>
/// <param name="Plan">The changes.</param>
/// <param name="Host">The host as it was read.</param>
public sealed record SyncReading(SyncPlan Plan, Host Host);

/// <summary>The result of a sync.</summary>
/// <param name="Plan">The planned changes, and the labels or entries that could not be used.</param>
/// <param name="Applied">The result of the changes.</param>
public sealed record SyncOutcome(SyncPlan Plan, ApplyOutcome Applied);
