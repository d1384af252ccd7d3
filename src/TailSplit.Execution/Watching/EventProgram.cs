using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Watching;

/// <summary>A program that tells of changes.</summary>
/// <param name="Name">Whose silence it would be.</param>
/// <param name="Call">The program, made again for each start.</param>
/// <param name="Read">What a line says; null for nothing.</param>
/// <param name="Meanwhile">What happens while it is lost, as a clause.</param>
internal sealed record EventProgram(
    string Name, Func<ProgramCall> Call, Func<string, WatchSignal?> Read, string Meanwhile)
{
    /// <summary>
    /// Asks whether there is anything to follow, before each start and from time to time while it runs; throws where
    /// there is not. Null for a program that needs nobody.
    /// </summary>
    public Func<CancellationToken, Task>? Check { get; init; }
}
