using System.Collections.Concurrent;
using TailSplit.Core;

namespace TailSplit.Execution.Hosts;

/// <summary>Keeps what could not be seen, and why, while several things are looked at side by side.</summary>
internal sealed class UnreadParts
{
    private readonly ConcurrentDictionary<string, string> _reasons = new(StringComparer.Ordinal);

    /// <summary>A sentence each, in a stable order.</summary>
    public IEnumerable<string> Reasons =>
        _reasons
            .OrderBy(reason => reason.Key, StringComparer.Ordinal)
            .Select(reason => $"{reason.Key}: {reason.Value}");

    public void Add(string what, string reason) => _reasons[what] = reason;

    /// <summary>Looks; where that fails, the reason is kept and the answer is null.</summary>
    public async Task<T?> TryAsync<T>(string what, Func<Task<T>> read)
        where T : class?
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (TailSplitException e)
        {
            Add(what, e.Message);
            return null;
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
