namespace TailSplit.Execution.Programs;

/// <summary>How the start of a program that is to run on came out.</summary>
/// <param name="Running">The program, which ends where this is disposed; null where it has ended already.</param>
/// <param name="End">How it ended without an answer; null while it runs.</param>
public sealed record ProgramStart(IAsyncDisposable? Running, ProgramResult? End);
