using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Watching;

/// <summary>A program that reports changes.</summary>
/// <param name="Name">The name for messages.</param>
/// <param name="Call">Makes the call for each start.</param>
/// <param name="Read">Parses a line; null if it reports nothing.</param>
/// <param name="Meanwhile">A clause for messages: what the watcher does while the program does not run.</param>
internal sealed record EventProgram(
    string Name, Func<ProgramCall> Call, Func<string, WatchSignal?> Read, string Meanwhile)
{
    // The events of two starts overlap, so that none is missed between them. Reading one twice does no harm.
    private static readonly TimeSpan s_overlap = TimeSpan.FromSeconds(1);

    /// <summary>The events of a container engine.</summary>
    /// <param name="name">The engine.</param>
    /// <param name="eventsSince">Makes the call that prints events since a time.</param>
    /// <param name="read">Parses a line; null if it reports nothing.</param>
    /// <param name="check">Throws if the engine does not answer.</param>
    public static EventProgram OfEngine(
        string name,
        Func<DateTimeOffset, ProgramCall> eventsSince,
        Func<string, WatchSignal?> read,
        Func<CancellationToken, Task> check) =>
        new(
            name,
            () => eventsSince(DateTimeOffset.UtcNow - s_overlap),
            read,
            "it restores the rules on the last known bridges")
        {
            Check = check,
        };

    /// <summary>
    /// Throws if the daemon behind the program does not answer. It runs before each start and periodically afterwards.
    /// Null for a program without a daemon.
    /// </summary>
    public Func<CancellationToken, Task>? Check { get; init; }
}
