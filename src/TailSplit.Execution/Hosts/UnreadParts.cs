using System.Collections.Concurrent;
using TailSplit.Core;

namespace TailSplit.Execution.Hosts;

/// <summary>Collects what could not be read, and why, while several parts are read at the same time.</summary>
internal sealed class UnreadParts
{
    private readonly ConcurrentDictionary<string, string> _reasons = new(StringComparer.Ordinal);

    /// <summary>One sentence for each part, in a stable order.</summary>
    public IEnumerable<string> Reasons =>
        _reasons
            .OrderBy(reason => reason.Key, StringComparer.Ordinal)
            .Select(reason => $"{reason.Key}: {reason.Value}");

    public void Add(string what, string reason) => _reasons[what] = reason;

    /// <summary>Reads a part. On a failure it keeps the reason and returns null.</summary>
    /// <param name="what">The part.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="isReason">Whether a failure is a reason; by default each is. Another one is thrown.</param>
    public async Task<T?> TryAsync<T>(string what, Func<Task<T>> read, Func<Failure, bool>? isReason = null)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (TailSplitException e) when (isReason?.Invoke(e.Failure) != false)
        {
            Add(what, e.Message);
            return default;
        }
    }

    public T? Try<T>(string what, Func<T?> read)
    {
        try
        {
            return read();
        }
        catch (TailSplitException e)
        {
            Add(what, e.Message);
            return default;
        }
    }
}
