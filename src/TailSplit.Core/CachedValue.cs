namespace TailSplit.Core;

/// <summary>
/// What a record works out of its values, kept for as long as it is asked for with the same ones. A copy by "with" has
/// the original's: it asks with its own values, so it gets what holds for them. All memos are equal, since what is
/// worked out adds nothing to what a record is.
/// </summary>
/// <typeparam name="TKey">All that it is worked out of, as a tuple.</typeparam>
/// <typeparam name="TValue">What is worked out.</typeparam>
public sealed class CachedValue<TKey, TValue> : IEquatable<CachedValue<TKey, TValue>>
{
    // One reference, so that a concurrent caller gets a value that belongs to its key.
    private volatile Entry? _last;

    /// <param name="key">All that it is worked out of.</param>
    /// <param name="make">Works it out, of the key alone.</param>
    public TValue Of(TKey key, Func<TKey, TValue> make)
    {
        Entry? last = _last;
        if (last is null || !EqualityComparer<TKey>.Default.Equals(last.Key, key))
            _last = last = new Entry(key, make(key));

        return last.Value;
    }

    public bool Equals(CachedValue<TKey, TValue>? other) => other is not null;

    public override bool Equals(object? obj) => Equals(obj as CachedValue<TKey, TValue>);

    public override int GetHashCode() => 0;

    private sealed record Entry(TKey Key, TValue Value);
}
