namespace TailSplit.Execution.Programs;

/// <summary>
/// Ends a program and what it has started: by SIGKILL, or first by SIGINT, which sudo passes on. SIGKILL of sudo would
/// leave behind the program that it runs.
/// </summary>
internal sealed class ProgramEnd : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ask = new();
    private readonly CancellationTokenSource _kill = new();

    /// <summary>Cancelled where the program is asked to end.</summary>
    public CancellationToken Ask => _ask.Token;

    /// <summary>Cancelled where it is killed, with all its children.</summary>
    public CancellationToken Kill => _kill.Token;

    /// <param name="politely">Whether to ask first, and to kill only what does not heed that.</param>
    public void Begin(bool politely)
    {
        if (!politely)
        {
            _kill.Cancel();
            return;
        }

        _ask.Cancel();
        _kill.CancelAfter(Patience);
    }

    public void Dispose()
    {
        _ask.Dispose();
        _kill.Dispose();
    }
}
