using System.Collections.Immutable;
using TailSplit.Execution.Hosts;

namespace TailSplit.Execution.Watching;

/// <summary>The result of one round of the watcher.</summary>
/// <param name="Events">What was done, and what is wrong.</param>
/// <param name="Host">The host as it is now; null where it could not be read.</param>
/// <param name="Succeeded">Whether it ended as it should.</param>
/// <param name="HasRepaired">Whether it wrote anything.</param>
internal sealed record WatchRound(ImmutableArray<WatchEvent> Events, HostState? Host, bool Succeeded, bool HasRepaired);
