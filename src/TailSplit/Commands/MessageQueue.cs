namespace TailSplit.Commands;

/// <summary>
/// What work has to say while the pipeline's thread waits for it. One for each wait: what comes after its end is
/// dropped, so a late word reaches neither the next wait nor a cmdlet that has ended.
/// </summary>
internal sealed class MessageQueue
{
    private readonly Queue<Action> _messages = [];
    private bool _isClosed;

    /// <summary>Whether the work has ended and all that it said has been taken.</summary>
    public bool IsDone
    {
        get
        {
            lock (_messages)
                return _isClosed && _messages.Count == 0;
        }
    }

    /// <summary>Callable from any thread, at any time.</summary>
    public void Post(Action message)
    {
        lock (_messages)
        {
            if (_isClosed)
                return;

            _messages.Enqueue(message);
            Monitor.PulseAll(_messages);
        }
    }

    /// <summary>The work has ended: who waits for a message wakes up.</summary>
    public void Close()
    {
        lock (_messages)
        {
            _isClosed = true;
            Monitor.PulseAll(_messages);
        }
    }

    /// <summary>The next message; null where none came in that time, or none comes any more.</summary>
    public Action? Take(TimeSpan patience)
    {
        lock (_messages)
        {
            if (_messages.Count == 0 && !_isClosed && patience > TimeSpan.Zero)
                Monitor.Wait(_messages, patience);

            return _messages.TryDequeue(out Action? message) ? message : null;
        }
    }
}
