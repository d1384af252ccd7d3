using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Watching;

/// <summary>A program that reports changes.</summary>
/// <param name="Name">The name for messages.</param>
/// <param name="Call">The program, made again for each start.</param>
/// <param name="Read">What a line says; null for nothing.</param>
/// <param name="Meanwhile">What happens while it is lost, as a clause.</param>
internal sealed record EventProgram(
    string Name, Func<ProgramCall> Call, Func<string, WatchSignal?> Read, string Meanwhile)
{
    // Between two starts of the program no event may be missed. An event that is read twice does no harm.
    private static readonly TimeSpan s_overlap = TimeSpan.FromSeconds(1);

    /// <summary>The events of a container engine.</summary>
    /// <param name="name">The engine.</param>
    /// <param name="eventsSince">The program that prints events from a time on.</param>
    /// <param name="read">What a line says; null for nothing.</param>
    /// <param name="check">Asks whether the engine answers.</param>
    public static EventProgram OfEngine(
        string name,
        Func<DateTimeOffset, ProgramCall> eventsSince,
        Func<string, WatchSignal?> read,
        Func<CancellationToken, Task> check) =>
        new(
            name,
            () => eventsSince(DateTimeOffset.UtcNow - s_overlap),
            read,
            "meanwhile rules are put back where they were last")
        {
            Check = check,
        };

    /// <summary>
    /// Asks whether there is anything to follow, before each start and from time to time while it runs; throws where
    /// there is not. Null for a program that needs nobody.
    /// </summary>
    public Func<CancellationToken, Task>? Check { get; init; }
}
