namespace TailSplit.Commands;

/// <summary>
/// The messages of work that the pipeline's thread waits for. Each wait has its own queue, which drops messages that
/// come after its end.
/// </summary>
internal sealed class MessageQueue
{
    private readonly Queue<Action> _messages = [];
    private bool _isClosed;

    /// <summary>Whether the work has ended and all its messages have been taken.</summary>
    public bool IsDone
    {
        get
        {
            lock (_messages)
                return _isClosed && _messages.Count == 0;
        }
    }

    /// <summary>Adds a message. Callable from any thread, at any time.</summary>
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

    /// <summary>Marks the work as ended, and wakes the waiting thread.</summary>
    public void Close()
    {
        lock (_messages)
        {
            _isClosed = true;
            Monitor.PulseAll(_messages);
        }
    }

    /// <summary>The next message; null if none came in that time, or the queue is closed.</summary>
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
