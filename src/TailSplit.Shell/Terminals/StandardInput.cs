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

    private readonly Lock _interrupting = new();

    private Task<string?>? _pending;

    private CancellationTokenSource? _waiting;

    private bool _interruptNext;

    /// <summary>The next line; null at the end of the input.</summary>
    /// <exception cref="OperationCanceledException">It was interrupted meanwhile.</exception>
    public string? ReadLine()
    {
        CancellationTokenSource waiting = new();
        lock (_interrupting)
        {
            _waiting = waiting;
            if (_interruptNext)
                waiting.Cancel();

            _interruptNext = false;
        }

        try
        {
            // A read cannot be taken back: one that was interrupted hands its line to whoever asks next.
            _pending ??= Task.Run(ReadLineOrEnd);
            _pending.Wait(waiting.Token);
        }
        finally
        {
            lock (_interrupting)
                _waiting = null;
        }

        string? line = _pending.Result;
        _pending = null;
        return line;
    }

    public string ReadToEnd() => _reader.Value.ReadToEnd();

    /// <summary>Ends the waiting of <see cref="ReadLine"/>, or the next one as soon as it begins: false then.</summary>
    public bool Interrupt()
    {
        lock (_interrupting)
        {
            _waiting?.Cancel();
            _interruptNext = _waiting is null;
            return !_interruptNext;
        }
    }

    /// <summary>Whoever was to be interrupted has ended by itself.</summary>
    public void ForgetInterruption()
    {
        lock (_interrupting)
            _interruptNext = false;
    }

    private string? ReadLineOrEnd()
    {
        try
        {
            return _reader.Value.ReadLine();
        }
        catch (IOException)
        {
            // EIO from a terminal that is gone, EISDIR from a directory: there is no more to come.
            return null;
        }
    }

    private static StreamReader Open()
    {
        SafeFileHandle descriptor = new(0, ownsHandle: false);
        return new StreamReader(new FileStream(descriptor, FileAccess.Read, bufferSize: 0), Encoding.UTF8);
    }
}
