namespace TailSplit.Execution.Programs;

/// <summary>
/// Ends a program and its children: by SIGKILL, or first by SIGINT. sudo forwards SIGINT to the program that it runs,
/// but SIGKILL of sudo leaves that program running.
/// </summary>
internal sealed class ProgramEnd : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ask = new();
    private readonly CancellationTokenSource _kill = new();

    /// <summary>Cancelled when the program must receive SIGINT.</summary>
    public CancellationToken Ask => _ask.Token;

    /// <summary>Cancelled when the program and its children must receive SIGKILL.</summary>
    public CancellationToken Kill => _kill.Token;

    /// <summary>Ends the program.</summary>
    /// <param name="politely">Whether SIGINT comes first, and SIGKILL only if the program still runs.</param>
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
