using TailSplit.Core.Desired;
using TailSplit.Core.Hosts;

namespace TailSplit.Execution.Labels;

/// <summary>What a sync read, and what it would change.</summary>
/// <param name="Plan">The changes.</param>
/// <param name="Host">The host as it was read.</param>
public sealed record SyncReading(SyncPlan Plan, Host Host);
