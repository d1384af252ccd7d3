namespace TailSplit.Execution.Programs;

/// <summary>The result of starting a program that keeps running.</summary>
/// <param name="Running">The program, which disposing ends; null if it has ended already.</param>
/// <param name="End">The result of a program that ended before it was ready; null while it runs.</param>
public sealed record ProgramStart(IAsyncDisposable? Running, ProgramResult? End);
