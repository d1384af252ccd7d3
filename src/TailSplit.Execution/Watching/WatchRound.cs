using System.Collections.Immutable;
using TailSplit.Core.Hosts;

namespace TailSplit.Execution.Watching;

/// <summary>The result of one round of the watcher.</summary>
/// <param name="Events">Repairs and failures.</param>
/// <param name="Host">The host after the round; null if it could not be read.</param>
/// <param name="Succeeded">Whether no step failed.</param>
/// <param name="HasRepaired">Whether the round wrote rules.</param>
internal sealed record WatchRound(ImmutableArray<WatchEvent> Events, Host? Host, bool Succeeded, bool HasRepaired);
