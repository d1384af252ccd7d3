using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TailSplit.Shell.Terminals;

/// <summary>
/// Lines from stdin, whose waiting can be interrupted. Read from the descriptor, not through <see cref="Console"/>: the
/// terminal then does the editing, and forgets a half-typed line on Ctrl+C by itself.
/// </summary>
internal sealed class StandardInput
{
    private readonly Lazy<StreamReader> _reader = new(Open);

    private Task<string?>? _pending;

    private CancellationTokenSource? _waiting;

    /// <summary>The next line; null at the end of the input.</summary>
    /// <exception cref="OperationCanceledException"><see cref="Interrupt"/> was called meanwhile.</exception>
    public string? ReadLine()
    {
        CancellationTokenSource waiting = new();
        Volatile.Write(ref _waiting, waiting);
        try
        {
            // A read cannot be taken back: the one that was interrupted hands its line to whoever asks next.
            _pending ??= Task.Run(_reader.Value.ReadLine);
            _pending.WaitAsync(waiting.Token).GetAwaiter().GetResult();
        }
        finally
        {
            Volatile.Write(ref _waiting, null);
        }

        string? line = _pending.Result;
        _pending = null;
        return line;
    }

    public string ReadToEnd() => _reader.Value.ReadToEnd();

    /// <summary>Ends the waiting of <see cref="ReadLine"/>; false if nobody waits.</summary>
    public bool Interrupt()
    {
        if (Interlocked.Exchange(ref _waiting, null) is not { } waiting)
            return false;

        waiting.Cancel();
        return true;
    }

    private static StreamReader Open()
    {
        SafeFileHandle descriptor = new(0, ownsHandle: false);
        return new StreamReader(new FileStream(descriptor, FileAccess.Read, bufferSize: 0), Encoding.UTF8);
    }
}
